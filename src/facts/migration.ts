import { command, file } from '../evidence/ask.ts'
import { absentAs, map, orGap } from '../evidence/result.ts'
import { defineFacts } from './fact-set.ts'
import { listOf, nullable, number, object, string } from './schema.ts'

const MEBIBYTE = 1 << 20
/** What libvirt calls a rate that was measured: VIR_DOMAIN_DIRTYRATE_MEASURED. */
const MEASURED = 2

const dirtyRate = object(
  {
    guest: string('Name of the guest'),
    bytesPerSecond: number('bytes/s', 'Memory that it wrote to, when it was measured last'),
  },
  'How fast a guest changes its memory',
)

const link = object(
  {
    name: string('eth0'),
    megabits: nullable(number('Mbit/s', 'Speed of the line; none where the card tells none')),
  },
  'One network card',
)

/** What tells how long it takes to move a guest. No rule of `check` needs it, so that only `ready` and bundles ask. */
export const migration = defineFacts({
  name: 'migration',
  meaning: 'How fast guests change, and how fast lines are',
  asks: {
    // Gives the result of the last measurement, and starts none.
    dirtyRates: command(['virsh', '-r', '-c', 'qemu:///system', 'domstats', '--dirtyrate', '--nowait'], {
      backend: 'libvirt',
      if: { daemon: ['libvirtd', 'virtqemud'] },
    }),
    speeds: file('/sys/class/net/*/speed'),
  },
  about: {
    dirtyRates: listOf(dirtyRate, 'Guests of libvirt whose rate somebody has measured (virsh domdirtyrate-calc)'),
    links: listOf(
      link,
      'Network cards; of one that is down, or no card at all, the kernel refuses to tell or means nothing',
    ),
  },
  parse: (evidence, ask) => ({
    dirtyRates: map(evidence.stdout(ask.dirtyRates), parseDirtyRates),
    links: map(absentAs(evidence.texts(ask.speeds), []), (members) =>
      members.map(({ name, result }) => ({
        name: name.split('/').at(-2)!,
        megabits: orGap(map(result, (text) => (Number(text) > 0 ? Number(text) : null))),
      })),
    ),
  }),
})

/**
 * ```
 * Domain: 'web1'
 *   dirtyrate.calc_status=2
 *   dirtyrate.calc_start_time=12345
 *   dirtyrate.calc_period=1
 *   dirtyrate.megabytes_per_second=5
 * ```
 */
function parseDirtyRates(text: string): { guest: string; bytesPerSecond: number }[] {
  return text.split(/^Domain: /m).flatMap((part) => {
    const guest = /^'(.*)'$/m.exec(part)?.[1]
    const status = Number(/^\s+dirtyrate\.calc_status=(\d+)$/m.exec(part)?.[1])
    const rate = /^\s+dirtyrate\.megabytes_per_second=(\d+)$/m.exec(part)?.[1]
    return guest === undefined || rate === undefined || status !== MEASURED
      ? []
      : [{ guest, bytesPerSecond: Number(rate) * MEBIBYTE }]
  })
}
