import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { command, file, link, list, stat } from '../../src/evidence/ask.ts'
import type { Answer, Ask } from '../../src/types.ts'
import { folderWith } from './machine-folder.ts'

/** A machine's files, good and bad. */
export const machine = folderWith({
  'etc/plain': 'one\ntwo\n',
  'etc/empty': '',
  'etc/odd name "x"': 'quoted\n',
  'etc/no newline': 'end',
  'etc/big': 'x'.repeat(3_000),
  'etc/link': '-> plain',
  'log/a.log': 'first\nlast\n',
  'end/b.log': 'first\nlast\n',
})
export const at = (path: string): string => join(machine, path)
/** Every kind of ask, and every way in which one ends. */
export const asks: Ask[] = [
  file(at('etc/plain')),
  file(at('etc/empty')),
  file(at('etc/odd name "x"')),
  file(at('etc/no newline')),
  file(at('etc/big'), { maxBytes: 1_000 }),
  file(at('end/b.log'), { maxBytes: 5, fromEnd: true }),
  file(at('etc/none')),
  file(at('etc/plain/below')),
  file(at('etc')),
  file(`${machine}/log/*.log`, { maxBytes: 100 }),
  file(`${machine}/none/*`),
  link(at('etc/link')),
  link(at('etc/plain')),
  list(at('etc')),
  list(at('none')),
  stat(at('etc/link')),
  stat('/dev/null'),
  stat(at('etc/none')),
  command(['printf', 'a b\nc\n']),
  command(['sh', '-c', 'echo out; echo err >&2; exit 4']),
  command(['no-such-program']),
  command(['sh', '-c', 'sleep 20'], { timeoutMs: 1_000 }),
  command(['sh', '-c', 'sleep 21'], { timeoutMs: 1_000, backend: 'xenstore' }),
  command(['sh', '-c', 'sleep 22'], { timeoutMs: 1_000, backend: 'xenstore' }),
  command(['yes'], { maxBytes: 2_000 }),
  command(['echo'], { if: { path: at('none') } }),
  command(['echo', 'there'], { if: { path: at('etc') } }),
  command(['echo'], { if: { daemon: ['no-such-daemon'] } }),
  command(['echo'], { if: { module: 'no_such_module' } }),
  command(['echo', 'kernel'], { if: { module: 'kernel', unless: [at('none')] } }),
  command(['echo', 'kernel', 'other'], { if: { module: 'kernel', unless: [at('etc')] } }),
  {
    each: { command: ['printf', 'vm1 x\n-rf y\nvm2 "z"\n\n'] },
    pick: '^[^ ]+',
    ask: { command: ['echo', 'name', '{}'] },
  },
  { each: { command: ['printf', 'one\n'] }, ask: { command: ['echo', '1', '{}'] }, if: { path: at('none') } },
  { each: { command: ['printf', 'one\n'] }, ask: { command: ['echo', '2', '{}'] }, if: { path: at('etc') } },
  { each: { command: ['printf', 'a b\nc\n'] }, ask: { command: ['echo', '4', '{}'] } },
  { each: { list: at('log') }, ask: { stat: `${machine}/log/{}` } },
  { each: { file: at('etc/none') }, ask: { command: ['echo', '{}'] } },
]

/** Everything but how long it took, and in which words it failed. */
const essence = (answers: readonly Answer[]): Map<string, string> =>
  new Map(answers.map((answer) => [answer.key, answer.ok ? JSON.stringify(answer.data) : `gap: ${answer.gap}`]))

/** What one host answers is what the other answered. */
export function same(got: readonly Answer[], wanted: readonly Answer[]): void {
  const [a, b] = [essence(got), essence(wanted)]
  for (const [key, value] of b) assert.is(a.get(key), value, key)
  assert.is(a.size, b.size)
}
