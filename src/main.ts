import { type Config, execute } from '@oclif/core'
import { setFlagsFromString } from 'node:v8'
import type { commands } from './commands/index.ts'

interface Runnable {
  run(argv?: string[], config?: Config): Promise<unknown>
}

/** A command's module is read when the command runs: the start costs the same however many there are. */
const lazily = (load: () => Promise<{ default: unknown }>): Runnable => ({
  run: async (argv, config) => ((await load()).default as Runnable).run(argv, config),
})

/** What package.json's "oclif.commands" points at. */
export const COMMANDS: Record<keyof typeof commands, Runnable> = {
  bundle: lazily(() => import('./commands/bundle.ts')),
  check: lazily(() => import('./commands/check.ts')),
  collector: lazily(() => import('./commands/collector.ts')),
  explain: lazily(() => import('./commands/explain.ts')),
  facts: lazily(() => import('./commands/facts.ts')),
  'rules:list': lazily(() => import('./commands/rules/list.ts')),
  'rules:new': lazily(() => import('./commands/rules/new.ts')),
  'rules:show': lazily(() => import('./commands/rules/show.ts')),
  'rules:test': lazily(() => import('./commands/rules/test.ts')),
}

export async function main(dir: string): Promise<void> {
  // Patterns must not hang on a hostile line: V8 then falls back to an engine that does not backtrack.
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  await execute({ dir })
}
