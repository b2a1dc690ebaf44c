import { unknownOption } from '../nearest.ts'

/** One entry of `vif=` or `vfb=`: its pairs, and why it cannot be right ("" where it can). */
export interface XlPairs {
  readonly values: Readonly<Record<string, string>>
  readonly problem: string
}

const VIF = new Set(
  (
    'mac bridge netdev gatewaydev ip script backend vifname model rate forwarddev type devid accel vlan mtu trusted policy ' +
    'security security_label label handle be_mac nomacspoof grant_usage'
  ).split(' '),
)
const VFB = new Set(
  'type vnc vnclisten vncpasswd vncdisplay vncunused sdl opengl keymap display xauthority devid backend videoram spice'.split(
    ' ',
  ),
)
const FLAG = /^(un)?trusted$/
const VIF_TYPE = new Set(['', 'ioemu', 'vif', 'netfront', 'front', 'paravirtualised', 'paravirtualized'])

/** `mac=00:16:3e:1a:2b:3c, bridge=xenbr0, type=ioemu`; an empty entry takes all defaults. What a MAC address may be is told by `macProblem`. */
export function parseVif(spec: string): XlPairs {
  const pairs = parsePairs(spec, VIF)
  const { type = '' } = pairs.values
  const problem = VIF_TYPE.has(type) ? '' : `type=${type} is neither ioemu nor vif`
  return { ...pairs, problem: pairs.problem || problem || rateProblem(pairs.values['rate']) }
}

/** `rate=10Mb/s@50ms`: capital G, M or K, small b for bits and B for bytes, and a second. */
function rateProblem(rate: string | undefined): string {
  if (rate === undefined || /^0*[1-9]\d*[GMK]?[Bb]\/s(@0*[1-9]\d*[mu]?s?)?$/.test(rate)) return ''
  return `rate=${rate} is no rate such as 10Mb/s`
}

/** `vnc=1, vnclisten=127.0.0.1, vncpasswd=…` */
export const parseVfb = (spec: string): XlPairs => parsePairs(spec, VFB)

function parsePairs(spec: string, keys: ReadonlySet<string>): XlPairs {
  const values: Record<string, string> = {}
  const problems: string[] = []
  for (const part of spec.split(',').map((text) => text.trim())) {
    if (part === '' || FLAG.test(part)) continue
    const equals = part.indexOf('=')
    const key = part.slice(0, Math.max(equals, 0)).trim()
    if (equals < 0) problems.push(`${part} has no value`)
    else if (!keys.has(key) && !key.startsWith('colo')) problems.push(unknownOption(key, keys))
    else {
      const value = part.slice(equals + 1).trim()
      if (/\s\w+=/.test(value)) problems.push(`a comma is missing in ${part}`)
      values[key] = value.replace(/\s+\w+=.*$/, '')
    }
  }
  return { values, problem: problems[0] ?? '' }
}
