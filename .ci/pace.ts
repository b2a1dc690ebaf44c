import { spawnSync } from 'node:child_process'

/** What `node -e 0` took where limits in seconds were first measured. */
const USUAL_MS = 21
const RUNS = 7

/** How many times slower than that this machine is now: virtual machines are lent more and less of a processor. */
export function pace(): number {
  const times = Array.from({ length: RUNS }, () => {
    const started = performance.now()
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
    spawnSync(process.execPath, ['-e', '0'], { stdio: 'ignore', env })
    return performance.now() - started
  })
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]! / USUAL_MS
}
