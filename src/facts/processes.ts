import { file } from '../evidence/ask.ts'
import { map, orGap } from '../evidence/result.ts'
import { type Call, parseCalls, parseProcesses, parseQemu, type Process } from '../parse/processes.ts'
import type { Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { callAsks, processAsks, processCalls, processList } from './process-list.ts'
import { bool, listOf, nullable, number, object, string, strings } from './schema.ts'

const blockedSchema = object(
  {
    pid: number('pid', 'Its number'),
    name: string('Its name, cut to 15 characters'),
    waitChannel: string('The function of the kernel that it sleeps in; "-" where that is not shown'),
    cause: string('What that function waits for: nfs, xenstore, disk, or "" where the name does not tell'),
  },
  'One process that waits in the kernel and cannot be interrupted (state D)',
)

const qemuSchema = object(
  {
    pid: number('pid', 'Its number'),
    guest: string('Name of its guest; "" where it is given none'),
    accelerator: string('kvm, tcg (every instruction is emulated), xen'),
    machine: string('pc-q35-7.2; "" where it is given none'),
    memory: nullable(number('bytes', 'Memory of its guest; none where it is given none')),
    uid: number('uid', 'User that it runs as'),
    age: number('s', 'Time since it was started'),
  },
  'One QEMU process',
)

const hungSchema = object(
  {
    pid: number('pid', 'Its number'),
    command: string('xl list'),
    age: number('s', 'Time since it was started'),
    waitChannel: string('The function of the kernel that it sleeps in'),
  },
  'A command of a toolstack that should have ended at once',
)

export const processes = defineFacts({
  name: 'processes',
  meaning: 'Processes that guests depend on, and those that wait for ever',
  asks: {
    ...processAsks,
    ...callAsks,
    aio: file('/proc/sys/fs/aio-nr'),
    aioMax: file('/proc/sys/fs/aio-max-nr'),
  },
  about: {
    names: strings('Names of all processes, each once, cut to 15 characters'),
    blocked: listOf(blockedSchema, 'Processes in state D'),
    blockedDaemons: listOf(blockedSchema, 'Those that guests depend on: xenstored, libvirtd, QEMU …'),
    qemu: listOf(qemuSchema, 'QEMU processes'),
    aioRequests: number('count', 'Room for asynchronous disk requests that is taken'),
    aioMax: number('count', 'Room for them that there is: fs.aio-max-nr'),
    xlGuests: bool('A process xl that started a guest looks after it'),
    hung: listOf(hungSchema, 'Commands of a toolstack (xl list, virsh list …) that are older than ten minutes'),
  },
  parse(evidence, ask) {
    const list = map(processList(evidence), parseProcesses)
    const calls = map(processCalls(evidence), parseCalls)
    const blocked = map(list, (all) => all.filter(isBlocked).map(asBlocked))
    return {
      names: map(list, (all) => [...new Set(all.filter(({ state }) => state !== 'Z').map(({ name }) => name))]),
      blocked,
      blockedDaemons: map(blocked, (all) => all.filter(({ name }) => DAEMON.test(name))),
      qemu: map(calls, (all) => all.flatMap(asQemu)),
      aioRequests: map(evidence.text(ask.aio), countOf),
      aioMax: map(evidence.text(ask.aioMax), countOf),
      xlGuests: map(calls, (all) => all.some(looksAfterGuest)),
      hung: map(calls, (all) => all.filter(isHung).map((call) => asHung(call, list))),
    }
  },
})

function countOf(text: string): number {
  const value = Number(text.trim() || NaN)
  if (!Number.isFinite(value)) throw new Error(`not a number: ${text.slice(0, 40)}`)
  return value
}

const DAEMON =
  /^(xenstored|oxenstored|xenconsoled|xend|xenwatchdogd|libvirtd|virt(qemu|xen|network|storage|log|lock)d|qemu|kvm$|blktap|tapdisk|ovs)/

/** Threads of the kernel (FreeBSD's have no parent) have no user to wait for; `xenwatch` and its like among them may be asleep in state D for good. */
const isBlocked = ({ state, parent, pid }: Process): boolean =>
  state === 'D' && parent !== 2 && parent !== 0 && pid !== 2

function asBlocked({ pid, name, waitChannel }: Process) {
  const cause = /nfs|rpc_/.test(waitChannel)
    ? 'nfs'
    : /xenbus|xs_|xb_|read_reply/.test(waitChannel)
      ? 'xenstore'
      : /io_schedule|blk_|folio_wait|wait_on_page|jbd2|xfs_|ext4_|btrfs_|get_request/.test(waitChannel)
        ? 'disk'
        : ''
  return { pid, name, waitChannel, cause }
}

function asQemu(call: Call) {
  const qemu = parseQemu(call.argv)
  if (!qemu) return []
  const { guest, accelerator, machine, memory } = qemu
  const { pid, uid, age } = call
  return [{ pid, guest, accelerator, machine, memory: memory === null ? null : memory * 2 ** 20, uid, age }]
}

/** Only what is over in a moment: `xl create` stays to watch its guest, `virsh console` and `event` wait on purpose. */
const QUICK =
  /^(list|info|vcpu-list|domid|domname|uptime|network-list|block-list|vm-list|dmesg|nodeinfo|version|capabilities|dominfo|domstate|net-list|pool-list|domstats)$/
const TEN_MINUTES = 600

const isHung = ({ argv, age }: Call): boolean =>
  age > TEN_MINUTES &&
  /(^|\/)(xl|xm|virsh)$/.test(argv[0] ?? '') &&
  argv.slice(1).some((word) => QUICK.test(word)) &&
  !argv.some((word) => /^(console|event|create|start|migrate|save|dump|qemu-monitor-event|--loop)$/.test(word))

/** `xl create /etc/xen/web1.cfg` stays as long as its guest; `xl list` is over in a moment, and may be our own. */
const looksAfterGuest = ({ argv, age }: Call): boolean =>
  age > 60 && /(^|\/)xl$/.test(argv[0] ?? '') && argv.some((word) => /^(create|restore|migrate-receive)$/.test(word))

function asHung({ pid, argv, age }: Call, list: Result<readonly Process[]>) {
  const waitChannel = map(list, (all) => all.find((one) => one.pid === pid)?.waitChannel ?? '-')
  return { pid, command: argv.slice(0, 4).join(' ').replace(/^.*\//, ''), age, waitChannel: orGap(waitChannel) }
}
