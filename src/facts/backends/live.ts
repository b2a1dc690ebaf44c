import { list } from '../../evidence/ask.ts'
import type { Evidence, Member } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { absentAs, map, orGap } from '../../evidence/result.ts'
import { cpuOfXml } from '../../parse/guest/cpu.ts'
import { at, baseName } from '../../parse/guest/guest.ts'
import { domainOf } from '../../parse/guest/xml.ts'
import { attributeOf, type Element, find, findAll, textOf } from '../../parse/xml.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, number, object, string, strings } from '../schema.ts'

export const domainSchema = object(
  {
    guest: string('Name of the guest'),
    configFile: string('File that tells it'),
    state: string("libvirt's word: running, paused, shutdown, crashed, pmsuspended"),
    reason: string('booted, user, ioerror, watchdog, crashed, migration, postcopy-failed …'),
    pid: number('pid', 'Process of QEMU; 0 where there is none'),
    job: string(
      'What libvirt is doing with it: migration out, migration in, save, dump, snapshot, backup …; "" for nothing',
    ),
    blockJobs: bool('QEMU copies, commits or backs up one of its disks'),
    dropsCache: bool('Its QEMU can make the host forget what it has cached of an image'),
    securityModels: strings('Security drivers that confine it: dac, selinux, apparmor'),
  },
  'One guest that libvirt keeps running',
)

/** `<domstatus state='paused' reason='ioerror' pid='495'><job type='none' async='migration out'/><qemuCaps><flag name='kvm'/> … <domain …>` */
export function liveDomains(members: Result<readonly Member<Element>[]>) {
  if (!members.ok) return [members]
  return members.value.map(({ name, result }) =>
    orGap(
      map(result, (root) => {
        if (root.name !== 'domstatus') throw new Error(`<${root.name}> is no status`)
        const of = (attribute: string): string => attributeOf(root, '', attribute)
        const flags = findAll(root, 'qemuCaps/flag').map(({ attributes }) => attributes['name'])
        const item = {
          guest: textOf(root, 'domain/name'),
          configFile: name,
          state: of('state'),
          reason: of('reason'),
          pid: Number(of('pid')) || 0,
          job: jobOf(root),
          blockJobs: attributeOf(root, 'blockjobs', 'active') === 'yes',
          dropsCache: flags.includes('migration-file-drop-cache'),
          securityModels: findAll(root, 'domain/seclabel').map(({ attributes }) => attributes['model'] ?? ''),
        }
        return locate(item, at(name, root.line))
      }),
    ),
  )
}

/** In the status, `<cpu>` holds every feature that QEMU has made of the definition, but for host-passthrough. */
export const liveCpus = (members: Result<readonly Member<Element>[]>) =>
  members.ok
    ? members.value.map(({ name, result }) =>
        orGap(
          map(result, (root) => {
            const domain = domainOf(root)
            return cpuOfXml(domain, { guest: textOf(domain, 'name'), configFile: name })
          }),
        ),
      )
    : [members]

/** Only a job that goes on is written down; a plain one (`type='query'`) is over in a moment. */
function jobOf(root: Element): string {
  const { async: job = 'none' } = find(root, 'job')?.attributes ?? {}
  return job === 'none' ? '' : job
}

export const snapshotAsk = list('/var/lib/libvirt/qemu/snapshot/*')

export const snapshotSchema = object(
  { guest: string('Name of the guest'), name: string('Name of the snapshot') },
  'One snapshot that libvirt keeps a record of',
)

/** The folder of a guest keeps a file for each snapshot: /var/lib/libvirt/qemu/snapshot/web1/before-update.xml */
export function snapshotsOf(evidence: Evidence) {
  const folders = absentAs<readonly Member<readonly string[]>[]>(evidence.lists(snapshotAsk), [])
  if (!folders.ok) return [folders]
  return folders.value.flatMap(({ name: folder, result }): (ReturnType<typeof snapshot>[number] | Unknown)[] =>
    result.ok ? snapshot(folder, result.value) : [result],
  )
}

const snapshot = (folder: string, files: readonly string[]) =>
  files
    .filter((file) => file.endsWith('.xml'))
    .map((file) => locate({ guest: baseName(folder), name: file.slice(0, -'.xml'.length) }, at(`${folder}/${file}`, 1)))
