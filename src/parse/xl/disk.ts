import { nearest } from '../nearest.ts'

/** One entry of `disk=`: what it says, and why xl or xm would refuse it ("" where they would not). */
export interface XlDisk {
  readonly prefix: string
  readonly path: string
  readonly format: string
  readonly vdev: string
  readonly cdrom: boolean
  readonly access: string
  readonly backendtype: string
  readonly script: string
  /** Domain that serves it; "" for dom0. */
  readonly backend: string
  readonly problem: string
}

const PREFIX = /^(raw|qcow2?|vhd|phy|file|tapdisk|tap2?|aio|iscsi|e?nbd|drbd|ioemu|vmdk|ram|sync|rbd|npiv):/
/** xm takes any word for which there is a script, block-WORD: told by the mode in the third place, where xl has the device. */
const OWN_SCRIPT = /^([a-z]\w*):(?=[^,=]*,[^,=]+,\s*(?:r|w|w!)\s*(?:,|$))/
/** What stands for a file or device of this host. */
export const LOCAL_PREFIX = /^((raw|qcow2?|vhd|phy|file|tapdisk|tap2?|aio|ioemu|vmdk|ram|sync)(:|$))*$/
const FORMATS = new Set(['', 'raw', 'qcow', 'qcow2', 'vhd', 'empty', 'qed', 'vdi', 'vmdk'])
const ACCESS = new Set(['', 'r', 'ro', 'w', 'rw', 'w!', 'rw!'])
const FLAG = /^(cdrom|direct-io-safe|(no-)?(discard|colo)|(un)?trusted)$/
const KEY = /^([a-z][-_a-z0-9]*)=(.*)$/
const KEYS = new Set(
  (
    'format devtype access backend backendtype specification vdev script target grant_usage colo-host colo-port colo-export ' +
    'active-disk hidden-disk'
  ).split(' '),
)
const VDEV = /^(\/dev\/)?(ioemu:)?(xvd[a-z]{1,3}\d*|[hsv]d[a-z]{1,3}\d*|fd[ab]|d\d+(p\d+)?|0x[0-9a-f]+|\d+)$/

/**
 * xm has no format, and may tell the back end's domain and a protocol after the mode. xl has one, but skips it where the
 * target is empty and a device with its type follows: `,hdc:cdrom,r` is an empty drive.
 */
function positions(xm: boolean, rest: string): string[] {
  const emptyDrive = /^\s*,[^,=]*:(cdrom|disk)\s*(,|$)/.test(rest)
  if (xm || emptyDrive) return ['target', 'vdev', 'access', 'backend', 'protocol']
  return ['target', 'format', 'vdev', 'access']
}

/** `phy:/dev/vg0/web1,xvda,w`, `/dev/vg0/web1,raw,xvda,rw`, `format=qcow2, vdev=xvda, access=rw, target=/srv/web1.qcow2` */
export function parseXlDisk(spec: string): XlDisk {
  const prefixes: string[] = []
  let rest = spec.trim()
  const next = (): RegExpExecArray | null => PREFIX.exec(rest) ?? (prefixes.length > 0 ? null : OWN_SCRIPT.exec(rest))
  for (let match = next(); match; match = next()) {
    prefixes.push(match[1]!)
    rest = rest.slice(match[0].length)
  }
  const values: Record<string, string> = {}
  const problems: string[] = []
  const order = positions(prefixes.length > 0, rest)
  while (rest !== '') {
    const comma = rest.indexOf(',')
    const eats = /^\s*target=/.test(rest)
    const part = (comma < 0 || eats ? rest : rest.slice(0, comma)).trim()
    rest = comma < 0 || eats ? '' : rest.slice(comma + 1)
    const [, key, value] = KEY.exec(part) ?? []
    if (FLAG.test(part)) values[part] = 'yes'
    else if (key !== undefined && KEYS.has(key)) values[key] = value!
    else if (key !== undefined && Object.keys(values).length > 0) problems.push(unknownKey(key))
    else {
      const position = order.shift()
      if (position === undefined) problems.push(`${part} is one value too many`)
      else values[position] = part
    }
  }
  const [, vdev = '', device] = /^(.*?)(?::(cdrom|disk|floppy))?$/.exec(values['vdev'] ?? '') ?? []
  const format = values['format'] ?? prefixes.find((prefix) => FORMATS.has(prefix)) ?? ''
  const access = values['access'] ?? ''
  if (vdev === '') problems.push('it names no virtual device, such as xvda')
  else if (!VDEV.test(vdev)) problems.push(`${vdev} is no name of a virtual device`)
  if (!FORMATS.has(format)) problems.push(`${format} is no format of a disk`)
  if (!ACCESS.has(access)) problems.push(`${access} is no mode: r or w`)
  return {
    prefix: prefixes.join(':'),
    path: values['target'] ?? '',
    format,
    vdev: vdev.replace(/^\/dev\//, '').replace(/^ioemu:/, ''),
    cdrom: device === 'cdrom' || 'cdrom' in values || values['devtype'] === 'cdrom',
    access,
    backendtype: values['backendtype'] ?? '',
    script: values['script'] ?? '',
    backend: /^(0|Domain-0)?$/.test(values['backend'] ?? '') ? '' : values['backend']!,
    problem: problems[0] ?? '',
  }
}

function unknownKey(key: string): string {
  const meant = nearest(key, KEYS)
  return `${key}= is no parameter of a disk${meant ? `; ${meant}= was probably meant` : ''}`
}
