import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path/posix'
import { known, unknown } from '../evidence/result.ts'
import type { PortState, Probed } from '../facts/pair/probe.ts'
import type { Toolstack } from '../facts/pair.ts'
import { type Answer, type Host, type Result, UserError } from '../types.ts'

type Asked = Pick<Host, 'label' | 'answer'>

export interface ProbeOptions {
  readonly source: Asked
  readonly target: Asked
  readonly toolstack: Toolstack
  /** How the source calls the target: a name or an address. */
  readonly address: string
  /** As `virsh migrate` gets it. */
  readonly uri: string
  /** Image files of the guest. */
  readonly images: readonly string[]
}

const SECONDS = 5
const SLACK_MS = 5000
const MIGRATION_PORT = 49152

interface Port {
  readonly port: number
  readonly purpose: string
  readonly listens: boolean
}

/** A word that a machine said or a user gave becomes an argument of ssh and nc: no options, no blanks. */
export function checkedAddress(address: string): string {
  if (/^[a-z\d][\w.:%-]*$/i.test(address)) return address
  throw new UserError(`"${address}" is no name and no address of a machine`)
}

/**
 * Tries what a migration will need: connects from the source to the target's ports, makes an empty file in each folder of images, looks
 * for it on the target, and removes it; and asks the target's toolstack from the source. Leaves nothing behind.
 */
export async function probe(options: ProbeOptions): Promise<Probed> {
  const { source, target, images } = options
  const [ports, answered] = await Promise.all([
    tryPorts(source, checkedAddress(options.address), portsOf(options)),
    askToolstack(options),
  ])
  const folders: unknown[] = []
  for (const folder of new Set(images.map((image) => dirname(image))))
    folders.push({ path: folder, shared: orGap(await sharedFolder(source, target, folder)) })
  return { asked: known(true), ports: known(ports), folders: known(folders), ...answered }
}

const orGap = (result: Result<boolean>): unknown => (result.ok ? result.value : result)

function portsOf({ toolstack, uri }: ProbeOptions): Port[] {
  const data: Port = { port: MIGRATION_PORT, purpose: 'the memory of guests', listens: false }
  const service = (port: number, purpose: string): Port => ({ port, purpose, listens: true })
  if (toolstack === 'xl') return [service(22, 'ssh')]
  if (toolstack === 'xm') return [service(8002, "xend's relocation")]
  const transport = /^\w+\+(\w+):/.exec(uri)?.[1]
  const control =
    transport === 'tcp'
      ? service(16509, 'libvirt by TCP')
      : transport === 'ssh'
        ? service(22, 'ssh')
        : service(16514, 'libvirt by TLS')
  return [control, data]
}

async function run(host: Asked, argv: readonly [string, ...string[]]): Promise<Answer> {
  const [answer] = await host.answer([{ command: argv, probe: true, timeoutMs: SECONDS * 1000 + SLACK_MS }])
  return answer!
}

/** nc comes in several kinds; all of them know these words. */
const CLIENTS = (address: string, port: number): readonly (readonly [string, ...string[]])[] => [
  ['nc', '-z', '-v', '-w', String(SECONDS), address, String(port)],
  ['ncat', '-z', '-v', '-w', String(SECONDS), address, String(port)],
  ['socat', '-u', 'OPEN:/dev/null', `TCP:${address}:${port},connect-timeout=${SECONDS}`],
]

const tryPorts = (source: Asked, address: string, ports: readonly Port[]): Promise<unknown[]> =>
  Promise.all(
    ports.map(async (port) => {
      const state = await tryPort(source, address, port.port)
      return { ...port, state: state.ok ? state.value : state }
    }),
  )

async function tryPort(source: Asked, address: string, port: number): Promise<Result<PortState>> {
  for (const argv of CLIENTS(address, port)) {
    const answer = await run(source, argv)
    if (answer.ok && answer.data.kind === 'command') {
      const state = portState(answer.data.exit, answer.data.stderr)
      return state === null ? unknown('malformed', argv.join(' '), answer.data.stderr.slice(0, 200)) : known(state)
    }
    if (!answer.ok && answer.gap !== 'absent') return unknown(answer.gap, argv.join(' '), answer.detail)
  }
  return unknown('absent', 'nc', 'the source has neither nc, ncat nor socat to try ports with')
}

/**
 * `nc: connect to 10.9.0.2 port 49152 (tcp) failed: Connection refused`, `Ncat: TIMEOUT.`,
 * `socat[7] E connect(5, AF=2 10.9.0.2:49152, 16): No route to host`
 */
export function portState(exit: number, stderr: string): PortState | null {
  if (exit === 0) return 'open'
  if (/connection refused/i.test(stderr)) return 'refused'
  return /time(d )?-?out|no route to host|unreachable|prohibited/i.test(stderr) ? 'blocked' : null
}

/** A file of a name that nobody else can have thought of; it is removed whatever happens. */
async function sharedFolder(source: Asked, target: Asked, folder: string): Promise<Result<boolean>> {
  const path = `${folder}/.vdoctor-${randomBytes(12).toString('hex')}`
  const made = await run(source, ['mkdir', '-m', '700', path])
  if (!made.ok) return unknown(made.gap, `mkdir ${path}`, made.detail)
  if (made.data.kind !== 'command' || made.data.exit !== 0)
    return unknown('denied', `mkdir ${path}`, made.data.kind === 'command' ? made.data.stderr.trim() : undefined)
  try {
    const seen = await run(target, ['ls', '-d', path])
    if (!seen.ok) return unknown(seen.gap, `ls ${path}`, seen.detail)
    return known(seen.data.kind === 'command' && seen.data.exit === 0)
  } finally {
    await run(source, ['rmdir', path])
  }
}

async function askToolstack({
  source,
  toolstack,
  address,
  uri,
}: ProbeOptions): Promise<Pick<Probed, 'answers' | 'refusal'>> {
  // xend has no question that changes nothing: its port is all that can be tried.
  if (toolstack === 'xm') return { answers: known(true), refusal: known('') }
  const ssh = ['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${SECONDS}`, '-o', 'UpdateHostKeys=no'] as const
  const answer = await run(
    source,
    toolstack === 'xl'
      ? ['ssh', ...ssh, address, 'xl', 'info']
      : ['virsh', '-r', '-c', withoutTerminal(uri), 'version'],
  )
  if (!answer.ok) {
    const gap = unknown(answer.gap, 'the toolstack of the target', answer.detail)
    return { answers: gap, refusal: gap }
  }
  const { exit, stderr } = answer.data as { exit: number; stderr: string }
  return { answers: known(exit === 0), refusal: known(exit === 0 ? '' : (stderr.trim().split('\n').at(-1) ?? '')) }
}

/** libvirt's ssh would ask for a password where nobody sits. */
const withoutTerminal = (uri: string): string =>
  /[?&]no_tty=/.test(uri) ? uri : `${uri}${uri.includes('?') ? '&' : '?'}no_tty=1`
