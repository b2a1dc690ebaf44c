import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { lookup } from '../../evidence/lookup.ts'
import { absentAs, chain, known, map, orGap } from '../../evidence/result.ts'
import { parseNetworkScripts } from '../../parse/network-script.ts'
import type { Result, Stat } from '../../types.ts'
import { asks } from './asks.ts'
import { bool, nullable, object, string, strings } from '../schema.ts'

export const networkScriptSchema = object(
  {
    script: string('network-bridge'),
    arguments: string('netdev=eth1'),
    parentheses: bool('It stands in parentheses; otherwise xend ignores it'),
    exists: nullable(bool('The script is there; none where it lies outside /etc/xen/scripts')),
    executable: nullable(bool('It may be run; none where it lies outside /etc/xen/scripts')),
    cards: strings('Interfaces that it puts into bridges: netdev= of the line, and of the script itself'),
    lostHelper: string('A script in /etc/xen/scripts that it starts, and that is not there or may not be run; ""'),
  },
  'One network-script of xend-config.sxp',
)

/** Scripts are looked up in /etc/xen/scripts unless they have a path. */
export function networkScripts(evidence: Evidence) {
  const scripts = lookup(evidence.stats(asks.xenScripts))
  const texts = lookup(evidence.texts(asks.networkScripts))
  return map(absentAs(evidence.text(asks.xend), ''), (text) =>
    parseNetworkScripts(text).map(({ script, arguments: words, parentheses, line }) => {
      const path = script.startsWith('/') ? script : `/etc/xen/scripts/${script}`
      const foreign = !/^\/etc\/xen\/scripts\/[^/]+$/.test(path)
      const status = scripts(path)
      const own = foreign ? known('') : absentAs(texts(path), '')
      const item = {
        script,
        arguments: words,
        parentheses,
        exists: foreign
          ? null
          : orGap(
              absentAs<boolean | null>(
                map(status, () => true),
                false,
              ),
            ),
        executable: foreign
          ? null
          : orGap(
              absentAs<boolean | null>(
                map(status, ({ mode }) => (mode & 0o100) !== 0),
                false,
              ),
            ),
        cards: orGap(map(own, (body) => [...new Set([...cardsIn(words), ...cardsIn(body)])])),
        lostHelper: orGap(chain(own, (body) => lost(helperIn(body), scripts))),
      }
      return locate(item, { ask: '/etc/xen/xend-config.sxp', path: '/etc/xen/xend-config.sxp', line })
    }),
  )
}

/** `$script start vifnum=1 bridge=xenbr1 netdev=eth1`; what is only passed on, as netdev=${netdev}, names no card. */
const cardsIn = (text: string): string[] =>
  [...text.replace(/^\s*#.*$/gm, '').matchAll(/(?:^|\s)netdev=['"]?([a-z][a-z0-9_.]*)['"]?(?=\s|$)/gm)].map(
    ([, name]) => name!,
  )

/** `script=/etc/xen/scripts/network-bridge.xen`, as scripts for several bridges begin. */
const helperIn = (text: string): string => /^\s*script=['"]?(\/etc\/xen\/scripts\/[\w.-]+)/m.exec(text)?.[1] ?? ''

function lost(path: string, scripts: (path: string) => Result<Stat>): Result<string> {
  if (path === '') return known('')
  return absentAs(
    map(scripts(path), ({ mode }) => ((mode & 0o100) !== 0 ? '' : path)),
    path,
  )
}
