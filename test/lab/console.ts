import { execa, type ResultPromise } from 'execa'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Image } from './image.ts'
import { type Boot, healthy, Machine } from './machine.ts'

/** What `vdoctor console explain --format json` says of one boot. */
interface ExplainedBoot {
  readonly outcome: string
  readonly stages: readonly { readonly stage: string }[]
  readonly findings: readonly { readonly rule: string }[]
}

const STAGES = {
  kvm: ['kernel', 'initramfs', 'root mounted', 'init'],
  xen: ['xen', 'kernel', 'initramfs', 'root mounted', 'init'],
}
/** What sysrq-trigger leads to. In dom0 Xen restarts the machine, and says so too. */
const CAUSE = 'kernel-stopped'

/**
 * From power-on through a crash and the start after it: `vdoctor console capture` on the host's own serial port. What the emulator wrote
 * is kept by a socat between them: the emulator's own log has a byte twice where the socket did not take it at once.
 */
export async function consoleCase(image: Image, kind: Boot['kind'], hosts: string, port: number): Promise<string[]> {
  const boot = { ...healthy(kind), kernel: 'panic=3', console: true }
  let capture: ResultPromise | undefined
  const folder = join(hosts, `console-${kind}`, 'record')
  let relay: ResultPromise | undefined
  const machine = await Machine.start(image, boot, hosts, `console-${kind}`, port, (host) => {
    const [tap, raw] = ['tap', 'raw'].map((name) => join(host.folder, name))
    relay = execa(
      'socat',
      ['-R', raw!, `UNIX-LISTEN:${tap}`, `UNIX-CONNECT:${host.serialSocket},retry=100,interval=0.1`],
      {
        reject: false,
      },
    )
    capture = execa(
      process.execPath,
      [
        ...[host.vdoctor, 'console', 'capture', '--socket', `host=${tap}`],
        ...['--output', folder, '--max-size', '64K', '--quiet'],
      ],
      { reject: false },
    )
  })
  machine.forgetThatItIsUp()
  machine.tell({ sh: 'sync; echo c >/proc/sysrq-trigger' })
  await machine.comesBack()
  // Until nothing more is said.
  await sleep(15_000)
  await machine.stop()
  await relay
  const written = readFileSync(join(machine.folder, 'raw'))
  await sleep(1000)
  capture!.kill('SIGTERM')
  const { exitCode, stderr } = await capture!
  const record = recorded(folder)
  const failures = exitCode === 0 ? [] : [`console capture ended with ${exitCode}: ${stderr}`]
  if (!record.equals(written)) failures.push(differs(record, written))
  return [...failures, ...(await explained(machine.vdoctor, folder, kind))]
}

function recorded(folder: string): Buffer {
  const segments = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.raw')) : []
  return Buffer.concat(segments.sort().map((name) => readFileSync(join(folder, name))))
}

function differs(record: Buffer, written: Buffer): string {
  let at = 0
  while (at < record.length && record[at] === written[at]) at++
  return `the record has ${record.length} bytes, the emulator wrote ${written.length}; they differ from byte ${at} on`
}

async function explained(vdoctor: string, folder: string, kind: Boot['kind']): Promise<string[]> {
  const { stdout } = await execa(process.execPath, [vdoctor, 'console', 'explain', '-', '--format', 'json'], {
    input: recorded(folder),
    reject: false,
  })
  const { boots } = JSON.parse(stdout) as { boots: ExplainedBoot[] }
  const [first, second] = boots
  if (boots.length !== 2) return [`console explain saw ${boots.length} boots, not 2`]
  const failures: string[] = []
  for (const [index, one] of boots.entries()) {
    const missing = STAGES[kind].filter((stage) => !one.stages.some((seen) => seen.stage === stage))
    if (missing.length) failures.push(`console explain did not see ${missing.join(', ')} in boot ${index + 1}`)
  }
  if (first!.outcome !== 'died') failures.push(`boot 1 was ${first!.outcome}, where it died`)
  if (!first!.findings.some(({ rule }) => rule === CAUSE))
    failures.push(
      `boot 1 ended for ${first!.findings.map(({ rule }) => rule).join(', ') || 'no reason'}, not for ${CAUSE}`,
    )
  if (second!.outcome !== 'fine') failures.push(`boot 2 was ${second!.outcome}, where it came up`)
  return failures
}
