import { locate } from '../../evidence/locate.ts'
import { parseSize } from '../size.ts'
import { attributeOf, type Element, find, findAll, textOf } from '../xml.ts'
import { at, type Moving, movesFreely, type Peripheral } from './guest.ts'

const KIBIBYTE = 1024

/** `<os><nvram template='/usr/share/OVMF/OVMF_VARS.fd'>/var/lib/libvirt/qemu/nvram/web1.fd</nvram></os>`, `<memoryBacking><hugepages/></memoryBacking>` … */
export function movingOfXml(domain: Element): Moving {
  const page = find(domain, 'memoryBacking/hugepages/page')?.attributes
  return {
    ...movesFreely,
    nvram: textOf(domain, 'os/nvram') || attributeOf(domain, 'os/nvram/source', 'file'),
    nvramTemplate: attributeOf(domain, 'os/nvram', 'template'),
    hugePages: find(domain, 'memoryBacking/hugepages') !== undefined,
    hugePageSize: page?.['size'] === undefined ? null : parseSize(`${page['size']} ${page['unit'] ?? 'KiB'}`, KIBIBYTE),
    launchSecurity: attributeOf(domain, 'launchSecurity', 'type'),
  }
}

/** `nomigrate = 1`, `vnuma = [ [ … ] ]`, `nestedhvm = 1`. */
export const movingOfXl = (on: (key: string) => boolean, has: (key: string) => boolean): Moving => ({
  ...movesFreely,
  nomigrate: on('nomigrate'),
  vnuma: has('vnuma'),
  nestedHvm: on('nestedhvm'),
})

const READERS: Readonly<Record<string, (device: Element) => Pick<Peripheral, 'type' | 'model' | 'source' | 'role'>>> = {
  // `<filesystem type='mount'><driver type='virtiofs'/><source dir='/srv/web'/><target dir='web'/></filesystem>`
  filesystem: (device) => ({
    type: attributeOf(device, 'driver', 'type') || 'path',
    model: '',
    source: attributeOf(device, 'source', 'dir') || attributeOf(device, 'source', 'socket'),
    role: '',
  }),
  // `<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>`
  tpm: (device) => ({
    type: attributeOf(device, 'backend', 'type'),
    model: device.attributes['model'] ?? '',
    source: attributeOf(device, 'backend/device', 'path'),
    role: '',
  }),
  // `<shmem name='shared' role='peer'><model type='ivshmem-plain'/></shmem>`
  shmem: (device) => ({
    type: '',
    model: attributeOf(device, 'model', 'type'),
    source: device.attributes['name'] ?? '',
    role: device.attributes['role'] ?? '',
  }),
  // `<memory model='nvdimm'><source><path>/srv/web1.nvdimm</path></source></memory>`
  memory: (device) => ({
    type: '',
    model: device.attributes['model'] ?? '',
    source: textOf(device, 'source/path'),
    role: '',
  }),
  // `<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>`
  rng: (device) => ({
    type: attributeOf(device, 'backend', 'model'),
    model: device.attributes['model'] ?? '',
    source: textOf(device, 'backend'),
    role: '',
  }),
}

/** These devices of a libvirt guest, in the order of the definition. */
export const peripheralsOf = (domain: Element, owner: { guest: string; configFile: string }): Peripheral[] =>
  Object.entries(READERS).flatMap(([kind, read]) =>
    findAll(domain, `devices/${kind}`).map((device) =>
      locate({ ...owner, kind, ...read(device) }, at(owner.configFile, device.line)),
    ),
  )
