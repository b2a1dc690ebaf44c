import { file } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { all, chain, known, map, ranked, unknown } from '../../evidence/result.ts'
import type { Result } from '../../types.ts'
import { bool, number, string } from '../schema.ts'

export const movingAsks = {
  board: file('/sys/class/dmi/id/product_uuid'),
  machineId: file('/etc/machine-id'),
} as const

export const movingFacts = {
  hostUuid: string(
    'UUID by which libvirt tells this host from others, in small letters; "" where it invents one at each start',
  ),
  lockManager: string('lock_manager of qemu.conf: lockd, sanlock; "" for none'),
  tlsForced: bool('migrate_tls_force of qemu.conf: it takes part only in encrypted migrations'),
  firstPort: number('port', 'First port at which QEMU waits for a guest: migration_port_min, 49152'),
  lastPort: number('port', 'Last of them: migration_port_max, 49215'),
}

/** As qemu.conf and the kernel of libvirt have them where nothing is set. */
const [FIRST_PORT, LAST_PORT] = [49152, 49215]

type Reader = (key: string) => Result<string>

/** What libvirt brings to a migration: `daemon` reads libvirtd.conf, `split` virtqemud.conf, `qemu` qemu.conf. */
export function movingOf(evidence: Evidence, { daemon, split, qemu }: Record<'daemon' | 'split' | 'qemu', Reader>) {
  const port = (key: string, otherwise: number): Result<number> =>
    map(qemu(key), (text) => (/^\d+$/.test(text) ? Number(text) : otherwise))
  return {
    hostUuid: hostUuid(evidence, daemon, split),
    lockManager: map(qemu('lock_manager'), (text) => (text === 'nop' ? '' : text)),
    tlsForced: map(qemu('migrate_tls_force'), (text) => text === '1'),
    firstPort: port('migration_port_min', FIRST_PORT),
    lastPort: port('migration_port_max', LAST_PORT),
  }
}

/**
 * host_uuid, else /etc/machine-id where host_uuid_source says so, else what the board has. Which of the two files counts depends on which
 * daemon runs, so that only what both agree on is known. A UUID of one digit alone (ffffffff-…) is none, and libvirt invents one.
 */
function hostUuid(evidence: Evidence, daemon: Reader, split: Reader): Result<string> {
  const one = (read: Reader): Result<string> =>
    chain(all(read('host_uuid'), read('host_uuid_source')), ([own, source]) => {
      if (own !== '') return known(plain(own))
      const found = evidence.text(source === 'machine-id' ? movingAsks.machineId : movingAsks.board)
      return ranked(map(found, plain), known(''))
    })
  return chain(all(one(daemon), one(split)), ([a, b]) =>
    a === b ? known(a) : unknown('unsupported', 'host_uuid', "libvirt's daemons are told two different UUIDs"),
  )
}

const plain = (text: string): string => {
  const digits = text.trim().toLowerCase().replaceAll('-', '')
  return /^(.)\1*$/.test(digits) ? '' : digits
}
