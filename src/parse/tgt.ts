import { nearest } from './nearest.ts'

/** One target of targets.conf. */
export interface TgtTarget {
  readonly name: string
  readonly line: number
  /** Whether everybody may log in: neither an address, a name nor a password is asked for. */
  readonly open: boolean
}

/** A line that tgt-admin stumbles over, or a name that it does not know. */
export interface TgtProblem {
  readonly key: string
  readonly line: number
  /** Why the file cannot be read; "" where only the name is not known. */
  readonly refused: string
  readonly meant: string
}

export interface TgtConf {
  readonly targets: readonly TgtTarget[]
  readonly includes: readonly string[]
  readonly problems: readonly TgtProblem[]
}

const TOP =
  'default-driver include ignore-errors control-port iSNSServerIP iSNSAccessControl iSNSServerPort iSNS incomingdiscoveryuser ' +
  'outgoingdiscoveryuser'
const INSIDE =
  'backing-store direct-store driver initiator-address initiator-name incominguser outgoinguser controller_tid lun online ' +
  'MaxRecvDataSegmentLength MaxXmitDataSegmentLength HeaderDigest DataDigest InitialR2T MaxOutstandingR2T ImmediateData ' +
  'FirstBurstLength MaxBurstLength DataPDUInOrder DataSequenceInOrder ErrorRecoveryLevel IFMarker OFMarker DefaultTime2Wait ' +
  'DefaultTime2Retain OFMarkInt IFMarkInt MaxConnections RDMAExtensions TargetRecvDataSegmentLength ' +
  'InitiatorRecvDataSegmentLength MaxOutstandingUnexpectedPDUs MaxQueueCmd nop_interval nop_count'
const STORE =
  'write-cache scsi_id scsi_sn vendor_id product_id product_rev sense_format removable path mode_page readonly device-type bs-type ' +
  'bsopts bsoflags allow-in-use block-size lbppbe la_lba optimal_xfer_gran optimal_xfer_len params lun online thin_provisioning'

const TOP_KEYS = new Set(TOP.split(' '))
const INSIDE_KEYS = new Set(`${INSIDE} ${STORE}`.split(' '))
const BLOCKS = new Set(['target', 'backing-store', 'direct-store'])
const ASKS = ['initiator-address', 'initiator-name', 'incominguser']
const MOST_SLIPS = 2

/** `<target iqn.2010-05.example:disk1>`, then `backing-store /dev/vg0/a`, `initiator-address 192.0.2.1`, and `</target>`. */
export function parseTgtConf(text: string): TgtConf {
  // Blocks of one name are one target.
  const targets = new Map<string, { line: number; keys: Set<string> }>()
  let keys = new Set<string>()
  const includes: string[] = []
  const problems: TgtProblem[] = []
  const open: { name: string; line: number }[] = []
  const refuse = (line: number, refused: string) => problems.push({ key: '', line, refused, meant: '' })
  const plain = text.replace(/^[ \t]*\/\*[^]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, ''))
  plain.split('\n').forEach((raw, index) => {
    const line = index + 1
    const words = raw.replace(/(^|\s)#.*$/, '').trim()
    if (words === '') return
    const end = /^<\/\s*([\w-]+)\s*>$/.exec(words)?.[1]
    const begin = /^<\s*([\w-]+)\s*([^>]*)>$/.exec(words)
    if (end !== undefined) {
      if (open.at(-1)?.name === end) open.pop()
      else refuse(line, `</${end}> closes nothing`)
    } else if (words.startsWith('<include ')) includes.push(begin?.[2]?.trim() ?? '')
    else if (begin) {
      const [, name = '', rest = ''] = begin
      if (name === 'target') {
        const target = targets.get(rest.trim()) ?? { line, keys: new Set<string>() }
        targets.set(rest.trim(), target)
        keys = target.keys
      } else keys.add(name)
      if (!BLOCKS.has(name))
        problems.push({ key: name, line, refused: '', meant: nearest(name, BLOCKS, MOST_SLIPS) ?? '' })
      open.push({ name, line })
    } else if (words.startsWith('<')) refuse(line, 'ends without ">"')
    else {
      const key = /^[^\s=]+/.exec(words)?.[0] ?? ''
      const known = open.length > 0 ? INSIDE_KEYS : TOP_KEYS
      if (key === 'include') includes.push(words.slice(key.length).trim())
      if (open.length > 0) keys.add(key)
      if (!known.has(key)) problems.push({ key, line, refused: '', meant: nearest(key, known, MOST_SLIPS) ?? '' })
    }
  })
  for (const { name, line } of open) refuse(line, `<${name}> is not closed`)
  return {
    targets: [...targets].map(([name, { line, keys }]) => ({ name, line, open: !ASKS.some((key) => keys.has(key)) })),
    includes,
    problems: problems.filter(({ refused, meant }) => refused !== '' || meant !== ''),
  }
}

export interface TgtLun {
  readonly lun: number
  readonly path: string
  readonly ready: boolean
}

/** One target that tgtd serves now. */
export interface TgtServed {
  readonly name: string
  readonly open: boolean
  readonly luns: readonly TgtLun[]
}

/** `tgtadm --lld iscsi --op show --mode target`: `Target 1: iqn…`, and indented below it its LUNs, accounts and addresses. */
export function parseTgtShow(text: string): TgtServed[] {
  return text
    .split(/^(?=Target \d+: )/m)
    .filter((part) => part.startsWith('Target '))
    .map((part) => {
      const section = (name: string): string[] => {
        const [, body = ''] = part.split(`\n    ${name}:\n`)
        return (body.split(/^ {4}\S/m)[0] ?? '')
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean)
      }
      const acl = section('ACL information')
      const accounts = section('Account information').filter((line) => !/\(outgoing\)$/.test(line))
      const everybody = acl.length > 0 && acl.every((entry) => entry === 'ALL')
      return {
        name: /^Target \d+: (\S+)/.exec(part)?.[1] ?? '',
        open: everybody && accounts.length === 0,
        luns: lunsIn(part),
      }
    })
}

/** LUN 0 is the controller, which has no disk behind it. */
function lunsIn(part: string): TgtLun[] {
  return part
    .split(/^ {8}(?=LUN: \d+)/m)
    .slice(1)
    .flatMap((lun) => {
      const field = (name: string): string => new RegExp(`^\\s*${name}: (.*)$`, 'm').exec(lun)?.[1]?.trim() ?? ''
      if (field('Type') !== 'disk') return []
      const path = field('Backing store path').replace(/^None$/, '')
      const ready = path !== '' && (/^Yes/.test(field('Online')) || field('Online') === '')
      return [{ lun: Number(/^LUN: (\d+)/.exec(lun)?.[1] ?? 0), path, ready }]
    })
}

/** saveconfig.json of the target in the kernel: `targets[].wwn`, and for each portal group its attributes. Throws where it is none. */
export function parseSaveconfig(text: string): { name: string; open: boolean }[] {
  const { targets } = JSON.parse(text) as { targets?: unknown }
  if (!Array.isArray(targets)) throw new Error('no list of targets')
  return (targets as Saved[])
    .filter(({ fabric }) => fabric === 'iscsi')
    .map(({ wwn, tpgs }) => ({ name: String(wwn ?? ''), open: (tpgs ?? []).some(isOpen) }))
}

interface Group {
  readonly enable?: unknown
  readonly attributes?: { readonly authentication?: unknown; readonly generate_node_acls?: unknown }
}
interface Saved {
  readonly fabric?: unknown
  readonly wwn?: unknown
  readonly tpgs?: readonly Group[]
}

/** Such a group makes the rights of everybody who logs in, and asks for no password. */
const isOpen = ({ enable, attributes }: Group): boolean =>
  enable !== false && attributes?.generate_node_acls === 1 && attributes.authentication === 0
