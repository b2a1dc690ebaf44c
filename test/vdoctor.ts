import { spawnSync } from 'node:child_process'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the built command, as a user would. `node` holds options of Node itself. */
export function vdoctor(args: readonly string[], options: { input?: string; node?: readonly string[] } = {}): Ran {
  const { FORCE_COLOR: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...(options.node ?? []), 'bin/vdoctor.cjs', ...args],
    {
      encoding: 'utf8',
      input: options.input ?? '',
      env: { ...env, NO_COLOR: '1' },
      maxBuffer: 1 << 28,
    },
  )
  return { code: status, out: stdout, err: stderr }
}
