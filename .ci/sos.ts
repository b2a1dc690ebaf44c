import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** The plugins of sos for what a check reads. */
const PLUGINS =
  'kvm libvirt virsh xen qemu processor kernel networking devices memory boot block pci filesys services process logs'

/** A call that writes such an archive into a folder, and how many plugins this sos has of those: it refuses to start with one that it has not. null where there is no sos. */
export function sosCall(folder: string): { argv: readonly string[]; plugins: number } | null {
  const sos = ['/usr/bin/sos', '/usr/sbin/sos'].find(existsSync)
  if (sos === undefined) return null
  const listed = spawnSync(sos, ['report', '--list-plugins'], { encoding: 'utf8' }).stdout
  const plugins = PLUGINS.split(' ').filter((name) => new RegExp(`^ ${name} `, 'm').test(listed))
  const argv = [sos, 'report', '--batch', '--only-plugins', plugins.join(','), '--tmp-dir', folder, '--quiet']
  return { argv, plugins: plugins.length }
}
