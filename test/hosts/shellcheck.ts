import { spawnSync } from 'node:child_process'

/** What shellcheck says of a script; words are split and variables set for others on purpose. */
export const faultsOf = (script: string): string =>
  spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', '-e', 'SC2034,SC2046,SC2048,SC2086', script]).stdout.toString()
