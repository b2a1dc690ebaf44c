import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { basename, orNone } from '../../evidence/lookup.ts'
import { map } from '../../evidence/result.ts'
import { type Ifcfg, isBackup, parseIfcfg } from '../../parse/ifcfg.ts'
import { oddKeys } from '../../parse/ifcfg-keys.ts'
import type { Result, Unknown } from '../../types.ts'
import { asks } from './asks.ts'
import type { Infer } from '../schema.ts'
import { bool, number, object, string } from '../schema.ts'

export const ifcfgSchema = object(
  {
    file: string('/etc/sysconfig/network-scripts/ifcfg-eth0'),
    name: string('What follows ifcfg- in its name'),
    device: string('DEVICE, or ""'),
    type: string('TYPE, or ""'),
    bridge: string('BRIDGE: the bridge that it is to be a port of, or ""'),
    bootproto: string('BOOTPROTO in lower case, or ""'),
    address: string('IPADDR, or ""'),
    hwaddr: string('HWADDR in small letters; "" where there is none, or MACADDR gives the card another address'),
    master: string('MASTER or TEAM_MASTER: the bond or team that it is to belong to, or ""'),
    onboot: bool('It comes up at boot'),
    networkManager: bool('NetworkManager may own it: not NM_CONTROLLED=no'),
  },
  'One file of the Red Hat network scripts',
)
export type IfcfgFile = Infer<typeof ifcfgSchema>

export const ifcfgOddSchema = object(
  {
    file: string('The file'),
    key: string('Setting as written'),
    value: string('Its value'),
    nearest: string('Setting that was probably meant'),
    line: number('line', 'Its line'),
  },
  'One setting',
)

export const NO = /^(no|n|false|0|off)$/i

/** Aliases (eth0:1), ranges and copies of editors are no interfaces of their own. */
export const isInterface = (name: string): boolean => !isBackup(name) && !/:|-range\d+$/.test(name)

function each<T>(evidence: Evidence, read: (path: string, name: string, file: Ifcfg) => T[]): Result<(T | Unknown)[]> {
  return map(orNone(evidence.texts(asks.ifcfg)), (members) =>
    members.flatMap(({ name: path, result }): (T | Unknown)[] => {
      const name = basename(path).slice('ifcfg-'.length)
      if (!isInterface(name) || name === 'lo') return []
      return result.ok ? read(path, name, parseIfcfg(result.value)) : [result]
    }),
  )
}

export const ifcfgFiles = (evidence: Evidence): Result<readonly (IfcfgFile | Unknown)[]> =>
  each(evidence, (path, name, file) => [oneIfcfg(path, name, file)])

/** Settings whose names are misspelt. */
export const ifcfgOdd = (evidence: Evidence) =>
  each(evidence, (path, _, { values, lines }) =>
    oddKeys(values, lines).map((odd) => locate({ file: path, ...odd }, { ask: path, path, line: odd.line })),
  )

function oneIfcfg(path: string, name: string, { values, lines }: Ifcfg): IfcfgFile {
  const at = (key: string) => ({ ask: path, path, line: lines[key] })
  const item = {
    file: path,
    name,
    device: values['DEVICE'] ?? '',
    type: values['TYPE'] ?? '',
    bridge: values['BRIDGE'] ?? '',
    bootproto: (values['BOOTPROTO'] ?? '').toLowerCase(),
    address: values['IPADDR'] ?? values['IPADDR0'] ?? '',
    hwaddr: values['MACADDR'] ? '' : (values['HWADDR'] ?? '').toLowerCase(),
    master: values['MASTER'] ?? values['TEAM_MASTER'] ?? '',
    onboot: !NO.test(values['ONBOOT'] ?? 'yes'),
    networkManager: !NO.test(values['NM_CONTROLLED'] ?? 'yes'),
  }
  return locate(
    item,
    { ask: path, path },
    { device: at('DEVICE'), type: at('TYPE'), bridge: at('BRIDGE'), hwaddr: at('HWADDR') },
  )
}
