import { type Config, execute } from '@oclif/core'
import { type HeldFiles, runSingle } from './cli/single.ts'
import type { commands } from './commands/index.ts'

interface Runnable {
  run(argv?: string[], config?: Config): Promise<unknown>
}

/** The commands' code is read when one runs, in one piece: the start costs the same however many there are. */
const lazily = (id: keyof typeof commands): Runnable => ({
  run: async (argv, config) => ((await import('./commands/index.ts')).commands[id] as Runnable).run(argv, config),
})

/** What package.json's "oclif.commands" points at. */
export const COMMANDS: Record<keyof typeof commands, Runnable> = {
  bundle: lazily('bundle'),
  'bundle:diff': lazily('bundle:diff'),
  'bundle:reveal': lazily('bundle:reveal'),
  'bundle:show': lazily('bundle:show'),
  'bundle:verify': lazily('bundle:verify'),
  check: lazily('check'),
  collector: lazily('collector'),
  completion: lazily('completion'),
  'console:capture': lazily('console:capture'),
  'console:check': lazily('console:check'),
  'console:explain': lazily('console:explain'),
  'console:list': lazily('console:list'),
  diagnose: lazily('diagnose'),
  explain: lazily('explain'),
  facts: lazily('facts'),
  manual: lazily('manual'),
  ready: lazily('ready'),
  'rules:coverage': lazily('rules:coverage'),
  'rules:list': lazily('rules:list'),
  'rules:new': lazily('rules:new'),
  'rules:show': lazily('rules:show'),
  'rules:test': lazily('rules:test'),
  run: lazily('run'),
}

export const main = (dir: string): Promise<unknown> => execute({ dir })

/** The same in the single executable; see `runSingle`. */
export const single = (...held: HeldFiles): Promise<unknown> => runSingle(COMMANDS, ...held)
