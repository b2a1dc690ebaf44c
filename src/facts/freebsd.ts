import { command, file, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, chain, known, map, unknown } from '../evidence/result.ts'
import { lockedMemoryOf, meantFreebsdKey } from '../parse/freebsd-conf.ts'
import { bootWords } from '../parse/boot-options.ts'
import type { Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { inForce, loaderAsks, loaderSettings, settingsOf } from './freebsd-files.ts'
import { bool, listOf, nullable, object, string, strings } from './schema.ts'

/** Only FreeBSD has it; elsewhere these questions are not asked. */
const FREEBSD = { if: { path: '/boot/loader.conf' } } as const

const settingSchema = object(
  {
    file: string('/boot/loader.conf'),
    key: string('Its name'),
    value: string('Its value'),
    nearest: nullable(string('Setting of a Xen host that it resembles; none where it is one, or resembles none')),
  },
  'One setting',
)

const lockedSchema = object(
  { name: string('Login class'), limit: string('unlimited, 64K …; "" where no limit is set') },
  'Memory that users of a login class may lock',
)

const asks = {
  ...loaderAsks,
  rcConf: file('/etc/rc.conf'),
  rcLocal: file('/etc/rc.conf.local'),
  sysctlConf: file('/etc/sysctl.conf', FREEBSD),
  loginConf: file('/etc/login.conf'),
  loginNewer: command(['find', '/etc/login.conf', '-newer', '/etc/login.conf.db'], {
    if: { path: '/etc/login.conf.db' },
  }),
  loginDatabase: stat('/etc/login.conf.db'),
  bootMethod: command(['sysctl', '-n', 'machdep.bootmethod'], FREEBSD),
  tap: command(['sysctl', '-n', 'net.link.tap.user_open'], FREEBSD),
  interfaces: command(['ifconfig', '-l'], FREEBSD),
  volumes: stat('/dev/zvol/*/*[ps][1-9]*', FREEBSD),
}

export const freebsd = defineFacts({
  name: 'freebsd',
  meaning: 'What FreeBSD needs to be a Xen host; elsewhere nothing is known of it',
  asks,
  about: {
    settings: listOf(settingSchema, 'Settings of loader.conf, rc.conf and sysctl.conf'),
    xenWords: strings('Words of xen_cmdline in loader.conf'),
    bootMethod: string('BIOS or UEFI'),
    tap: bool('The driver of tap devices is in the kernel'),
    interfaces: strings('Names of all network interfaces'),
    clonedInterfaces: strings('Interfaces that rc.conf creates: bridge0'),
    lockedMemory: listOf(lockedSchema, 'What root may lock, by login.conf'),
    loginDatabaseStale: bool('login.conf was changed after its database was made'),
    partitionedVolumes: strings('ZFS volumes whose partitions this system shows: /dev/zvol/tank/web1'),
  },
  parse(evidence, ask) {
    const loader = loaderSettings(evidence)
    const rc = map(all(settingsOf(evidence, ask.rcConf), settingsOf(evidence, ask.rcLocal)), (lists) => lists.flat())
    const settings = map(all(loader, rc, settingsOf(evidence, ask.sysctlConf)), (lists) =>
      lists.flat().map((one) => {
        const { file: path, key, value, line } = one
        const nearest = meantFreebsdKey(path, key)
        return locate({ file: path, key, value, nearest }, { ask: path, path, line })
      }),
    )
    return {
      settings,
      xenWords: map(loader, (list) => bootWords(inForce(list)['xen_cmdline'] ?? '')),
      bootMethod: map(evidence.stdout(ask.bootMethod), (text) => text.trim()),
      tap: tapDriver(evidence),
      interfaces: map(evidence.stdout(ask.interfaces), words),
      clonedInterfaces: map(rc, (list) => words(inForce(list)['cloned_interfaces'] ?? '')),
      lockedMemory: map(evidence.text(ask.loginConf), (text) => {
        const { limit, line } = lockedMemoryOf(text, 'root')
        const path = '/etc/login.conf'
        return [locate({ name: 'root', limit }, { ask: path, path, line })]
      }),
      loginDatabaseStale: chain(evidence.exists(ask.loginDatabase), (there) =>
        there ? map(evidence.stdout(ask.loginNewer), (text) => text.trim() !== '') : known(false),
      ),
      partitionedVolumes: map(absentAs(evidence.stats(ask.volumes), []), (found) => [
        ...new Set(found.flatMap(({ name }) => /^(.+)[ps]\d+$/.exec(name)?.[1] ?? [])),
      ]),
    }
  },
})

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)

/** FreeBSD before 13 has the name only while if_tap is loaded: `sysctl: unknown oid 'net.link.tap.user_open'`. */
function tapDriver(evidence: Evidence): Result<boolean> {
  return chain(evidence.output(asks.tap), ({ exit, stderr }) => {
    if (exit === 0) return known(true)
    return /unknown oid/.test(stderr)
      ? known(false)
      : unknown('malformed', 'sysctl -n net.link.tap.user_open', stderr.trim().slice(0, 200))
  })
}
