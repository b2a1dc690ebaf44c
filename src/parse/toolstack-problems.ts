import { nearest } from './nearest.ts'
import { parseSxps, type Sxp } from './sxp.ts'
import type { Setting } from './toolstack-settings.ts'
import { parseXlConfig, type XlValue } from './xl/config.ts'

/** One line of xl.conf or xend-config.sxp that the toolstack does not take, or whose name it does not know. */
export interface SettingProblem {
  readonly key: string
  readonly line: number
  /** Why it is not taken; "" where only the name is not known. */
  readonly refused: string
  /** The toolstack gives up on the whole file. */
  readonly fatal: boolean
  /** The setting that was probably meant; "" where the name is known. */
  readonly meant: string
}

const MOST_SLIPS = 2
const meantBy = (key: string, keys: Iterable<string>): string => nearest(key, keys, MOST_SLIPS) ?? ''

const XL_NUMBERS = new Set([
  ...['run_hotplug_scripts', 'max_grant_frames', 'max_maptrack_frames', 'max_grant_version', 'claim_mode'],
  'bootloader_restrict',
])
const XL_WORDS: Readonly<Record<string, RegExp>> = {
  autoballoon: /^(on|off|auto|[01])$/,
  output_format: /^(json|sxp)$/,
  domid_policy: /^(xen|random)$/,
}
const XL_KEYS = new Set([
  ...XL_NUMBERS,
  ...Object.keys(XL_WORDS),
  ...['lockfile', 'blkdev_start', 'vifscript', 'defaultbridge', 'vm.cpumask', 'vm.hvm.cpumask', 'vm.pv.cpumask'],
  ...['vif.default.script', 'vif.default.bridge', 'vif.default.backend', 'vif.default.gatewaydev'],
  ...['remus.default.netbufscript', 'colo.default.proxyscript', 'bootloader_user'],
])

/** xl.conf: a line that cannot be read stops every call of xl; a value that does not fit leaves the default. */
export function xlConfProblems(text: string): SettingProblem[] {
  const { settings, errors } = parseXlConfig(text, 'xl.conf')
  const unread = errors.map(({ line, message }) => ({ key: '', line, refused: message, fatal: true, meant: '' }))
  const known = [...settings].flatMap(([key, value]): SettingProblem[] => {
    const item = { key, line: value.line, fatal: false }
    if (!XL_KEYS.has(key)) {
      const meant = meantBy(key, XL_KEYS)
      return meant === '' ? [] : [{ ...item, refused: '', meant }]
    }
    const refused = value.kind === 'word' ? '' : xlRefuses(key, value)
    return refused === '' ? [] : [{ ...item, refused, meant: '' }]
  })
  return [...unread, ...known]
}

function xlRefuses(key: string, value: XlValue): string {
  if (value.kind === 'list') return `${key} takes one value, not a list`
  if (XL_NUMBERS.has(key) && !/^\s*[-+]?(0x[0-9a-f]+|\d+)$/i.test(value.text))
    return `${key} takes a number: "${value.text}"`
  return XL_WORDS[key]?.test(value.text) === false ? `${key} does not know "${value.text}"` : ''
}

const XEND_SWITCHES =
  'xend-http-server xend-unix-server xend-tcp-xmlrpc-server xend-unix-xmlrpc-server xend-relocation-server ' +
  'xend-relocation-ssl-server xend-relocation-ssl xend-udev-event-server enable-dump enable-dom0-ballooning ' +
  'pci-passthrough-strict-check'
const XEND_NUMBERS =
  'xend-port xend-relocation-port xend-relocation-ssl-port xend-tcp-xmlrpc-server-port dom0-min-mem dom0-cpus console-limit ' +
  'total_available_memory qemu-dm-logrotate-count device-create-timeout device-destroy-timeout'
const XEND_OTHERS =
  'logfile loglevel network-script vif-script external-migration-tool xend-unix-path xend-address xend-relocation-address ' +
  'xend-relocation-hosts-allow xend-relocation-server-ssl-key-file xend-relocation-server-ssl-cert-file ' +
  'xend-tcp-xmlrpc-server-address xend-tcp-xmlrpc-server-ssl-key-file xend-tcp-xmlrpc-server-ssl-cert-file xen-api-server ' +
  'xend-domains-path xend-state-path xend-storage-path xend-security-path xend-domain-lock xend-domain-lock-path ' +
  'xend-domain-lock-utility vnc-listen vncpasswd vnc-tls vnc-x509-cert-dir vnc-x509-verify keymap ' +
  'resource-label-change-script pscsi-device-mask xsm_module_name dom0-vcpus min-mem'

const XEND_SWITCH = new Set(XEND_SWITCHES.split(' '))
const XEND_NUMBER = new Set(XEND_NUMBERS.split(' '))
const XEND_KEYS = new Set([...XEND_SWITCH, ...XEND_NUMBER, ...XEND_OTHERS.split(' ')])

const SWITCH = /^(yes|y|1|on|true|t|no|n|0|off|false|f)$/i
const LEVEL = /^(NOTSET|TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL)$/

/** Whether xend takes a value for yes. */
const isYes = (value: string): boolean => /^(yes|y|1|on|true|t)$/i.test(value)

/** xend-config.sxp: brackets that do not match, and switches and numbers that are none, make xend give up. */
export function xendProblems(text: string): SettingProblem[] {
  let forms: readonly Sxp[]
  try {
    forms = parseSxps(text)
  } catch (error) {
    const [, line = '1', refused = ''] = /^line (\d+): (.*)/.exec((error as Error).message) ?? []
    return [{ key: '', line: Number(line), refused: refused || 'it is nested too deeply', fatal: true, meant: '' }]
  }
  return forms.flatMap(({ items, line }): SettingProblem[] => {
    const key = items[0]?.word ?? ''
    if (key === '') return []
    if (!XEND_KEYS.has(key)) {
      const meant = meantBy(key, XEND_KEYS)
      return meant === '' ? [] : [{ key, line, refused: '', fatal: false, meant }]
    }
    const refused = xendRefuses(key, items[1]?.word ?? '')
    return refused === '' ? [] : [{ key, line, refused, fatal: key !== 'loglevel', meant: '' }]
  })
}

function xendRefuses(key: string, value: string): string {
  if (XEND_SWITCH.has(key) && !SWITCH.test(value)) return `${key} takes yes or no: "${value}"`
  if (XEND_NUMBER.has(key) && !/^\s*[-+]?\d+\s*$/.test(value)) return `${key} takes a number: "${value}"`
  return key === 'loglevel' && !LEVEL.test(value)
    ? `loglevel takes DEBUG, INFO, WARNING, ERROR or CRITICAL, in capitals: "${value}"`
    : ''
}

/** A server of xend that takes orders by TCP and is switched on. */
export interface XendServer {
  readonly key: string
  readonly value: string
  readonly addressKey: string
  /** "" is every address. */
  readonly address: string
  readonly port: number
  readonly open: boolean
  readonly line: number
}

/** The servers, with the address and the port that each has where nothing is written. */
const SERVERS = [
  ['xend-http-server', 'xend-address', '', 'xend-port', 8000],
  ['xend-tcp-xmlrpc-server', 'xend-tcp-xmlrpc-server-address', 'localhost', 'xend-tcp-xmlrpc-server-port', 8006],
] as const

/** `(xend-http-server yes)` without `(xend-address localhost)` listens everywhere. The first of two settings counts. */
export function xendServers(settings: readonly Setting[]): XendServer[] {
  const first = (key: string) => settings.find((one) => one.key === key)
  return SERVERS.flatMap(([key, addressKey, anywhere, portKey, usual]) => {
    const server = first(key)
    if (!server || !isYes(server.value)) return []
    const address = first(addressKey)?.value ?? anywhere
    const port = Number(first(portKey)?.value) || usual
    const open = !/^(localhost(\.localdomain)?|127\.[\d.]+|::1)$/.test(address)
    return [{ key, value: server.value, addressKey, address, port, open, line: server.line }]
  })
}
