import { sedExpressions } from '../bundle/redact.ts'
import { SUSPECTS } from '../bundle/suspects.ts'
import { BUNDLE_VERSION } from '../bundle/manifest.ts'
import type { Ask } from '../types.ts'
import { shellFunctions, shellLines, word } from './shell-script.ts'

/** The asks as one POSIX sh script that writes a bundle. Asks that need --probe are not made, since nobody can have allowed them. */
export function collectorScript(asks: readonly Ask[], version: string): string {
  const header = `{\\"bundle\\":${BUNDLE_VERSION},\\"vdoctor\\":\\"${version}\\",\\"recorded\\":\\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\",\\"by\\":\\"collector\\"}`
  return [
    '#!/bin/sh',
    `# vdoctor ${version} collector: records a machine on which vdoctor itself cannot run.`,
    shellFunctions('folder'),
    cleaner(),
    `begin "${header}"`,
    ...shellLines(asks, { probe: false }),
    'finish',
    '',
  ].join('\n')
}

/** The known secrets as one sed call, and what tells that there may be one. */
function cleaner(): string {
  const scripts = sedExpressions.map((expression) => `-e ${word(expression)}`)
  return `suspects=${word(SUSPECTS)}\nclean() {\n  tr -d '\\000' | sed $ere ${scripts.join(' ')}\n}`
}
