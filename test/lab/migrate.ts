import { execa } from 'execa'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../src/types.ts'
import { plainly } from './guests.ts'
import type { Image } from './image.ts'
import { LabError } from './lab-error.ts'
import { healthy, Machine, type Said, type Step } from './machine.ts'
import type { Move } from './move.ts'

const HERE = '10.9.0.1'
const THERE = '10.9.0.2'
const READY_S = 600
const MIGRATE_S = 400
const UP_S = 400
/** The disk of each guest is served by the source on a port of its own, and both hosts reach it by the network. */
const FIRST_PORT = 10809

/** Two hosts of one kind on a network of their own, with disks that both can reach. */
export class Pair {
  /** Their order tells the port and the device of their disks. */
  readonly #planted: Move[] = []
  readonly #failed = new Map<Move, unknown>()

  private constructor(
    readonly kind: 'kvm' | 'xen',
    readonly here: Machine,
    readonly there: Machine,
  ) {}

  static async start(image: Image, kind: 'kvm' | 'xen', hosts: string, ports: readonly number[]): Promise<Pair> {
    const [line, ssh, sshThere] = ports as [number, number, number]
    const boot = { ...healthy(kind), memoryMib: 3072 }
    const at = (socket: string, mac: string) => ({ ...boot, line: { socket, mac } })
    const socket = `127.0.0.1:${line}`
    const [here, there] = await Promise.all([
      Machine.start(image, at(`listen=${socket}`, '52:54:00:aa:00:01'), hosts, `${kind}-here`, ssh),
      sleep(1000).then(() =>
        Machine.start(image, at(`connect=${socket}`, '52:54:00:aa:00:02'), hosts, `${kind}-there`, sshThere),
      ),
    ])
    const pair = new Pair(kind, here, there)
    await pair.#introduce(image)
    return pair
  }

  async stop(): Promise<void> {
    await Promise.all([this.here.stop(), this.there.stop()])
  }

  /** Names, addresses, and a key of root. */
  async #introduce(image: Image): Promise<void> {
    const known = readFileSync(image.knownHosts, 'utf8').replace(/^\S+/, 'here,there,10.9.0.1,10.9.0.2')
    for (const [machine, name, address] of [
      [this.here, 'here', HERE],
      [this.there, 'there', THERE],
    ] as const) {
      await must(machine, { write: '/root/.ssh/id_ed25519', text: readFileSync(image.key, 'utf8') })
      await must(machine, { write: '/root/.ssh/known_hosts', text: known })
      await must(machine, { write: '/etc/hosts', text: `127.0.0.1 localhost\n${HERE} here\n${THERE} there\n` })
      await must(machine, {
        sh: `chmod 600 /root/.ssh/id_ed25519 && echo ${name} >/etc/hostname && hostname ${name} &&
card=$(ip -br link | awk '/52:54:00:aa:00/ { print $1 }') && ip link set "$card" up && ip address add ${address}/24 dev "$card"`,
      })
      if (this.kind === 'xen') await must(machine, ['modprobe', 'nbd'])
    }
  }

  /** Plants what stands in the way of each of them, starts their guests, and takes a bundle of both hosts. */
  async plant(moves: readonly Move[]): Promise<void> {
    for (const move of moves) await this.#plant(move)
    for (const move of moves) await this.#guestIsUp(move)
    await Promise.all([this.here, this.there].map(bundle))
  }

  async #plant(move: Move): Promise<void> {
    try {
      for (const one of move.here) await must(this.here, plainly(one))
      for (const one of move.there) await must(this.there, plainly(one))
      await this.#startGuest(move)
    } catch (error) {
      this.#failed.set(move, error)
    }
  }

  /** Asks `ready`, and moves the guest. Gives what was not as it should be. */
  async move(move: Move): Promise<string[]> {
    if (move.alone) {
      await this.#plant(move)
      await this.#guestIsUp(move)
    }
    if (this.#failed.has(move)) throw this.#failed.get(move)
    const failures: string[] = []
    const errors = move.alone ? await this.#readyFromSource(move) : await this.#readyFromBundles(move)
    const names = [...new Set(errors.map(({ rule }) => rule))].sort()
    if (names.join() !== [...move.found].sort().join())
      failures.push(`ready finds ${names.join(', ') || 'no error'}, not ${move.found.join(', ') || 'none'}`)
    const said = await this.#migrate(move)
    return [...failures, ...(isRefused(move) ? refused(said, errors) : await this.#arrived(move, said))]
  }

  /** A disk that both hosts reach: on KVM by QEMU itself, on Xen as a block device of both. */
  async #disk({ guestName: name }: Move, index: number): Promise<string> {
    const port = FIRST_PORT + index
    await must(this.here, {
      sh: `truncate -s 16M /var/tmp/${name}.raw && mkfs.ext4 -q -F /var/tmp/${name}.raw &&
qemu-nbd -f raw -x ${name} -b ${HERE} -p ${port} --shared=4 -t --fork /var/tmp/${name}.raw`,
    })
    if (this.kind === 'kvm')
      return `<source protocol='nbd' name='${name}'><host name='${HERE}' port='${port}'/></source>`
    for (const machine of [this.here, this.there])
      await must(machine, ['nbd-client', '-N', name, HERE, `${port}`, `/dev/nbd${index}`])
    return `/dev/nbd${index}`
  }

  async #startGuest(move: Move): Promise<void> {
    const { guest, guestName: name } = move
    const index = this.#planted.push(move) - 1
    const disk = await this.#disk(move, index)
    if (this.kind === 'kvm') {
      const shared = `<disk type='network' device='disk'><driver name='qemu' type='raw'/>${disk}<target dev='vda' bus='virtio'/></disk>`
      const card = `<interface type='bridge'><mac address='52:54:00:11:11:${10 + index}'/><source bridge='br0'/><model type='virtio'/></interface>`
      const { devices = card, kernel = '/boot/vmlinuz', ...more } = guest
      const { sh } = plainly({ ...KVM, domain: name, ...more, devices: shared + devices }) as { sh: string }
      await must(this.here, { sh: sh.replace('<kernel>/boot/vmlinuz<', `<kernel>${kernel}<`) })
      return must(this.here, ['virsh', '-q', 'start', name])
    }
    const usual = [
      'type = "pvh"',
      'memory = 128',
      `disk = ["phy:${disk},xvda,w"]`,
      `vif = ["mac=00:16:3e:11:11:${10 + index},bridge=br0"]`,
    ]
    const own = (guest['lines'] ?? '').replaceAll('{disk}', disk)
    const kept = usual.filter((line) => !new RegExp(`^${line.split(' ')[0]} =`, 'm').test(own))
    await must(this.here, plainly({ xl: name, lines: [...kept, own].join('\n') }))
    await must(this.here, ['xl', 'create', `/etc/xen/${name}.cfg`])
  }

  /** Only a kernel that runs answers the request of Xen to suspend. */
  async #guestIsUp(move: Move): Promise<void> {
    if (this.kind === 'kvm' || this.#failed.has(move)) return
    const end = Date.now() + UP_S * 1000
    for (;;) {
      const log = `/var/log/xen/console/guest-${move.guestName}.log`
      const { status } = await this.here.run(['grep', '-q', 'GUEST-UP', log], 30)
      if (status === 0) return
      if (Date.now() > end) {
        this.#failed.set(move, new LabError(`the guest did not come up within ${UP_S} s`, ''))
        return
      }
      await sleep(2000)
    }
  }

  /** Errors that `ready` finds, asked on the source, with the target over ssh. */
  async #readyFromSource({ guestName }: Move): Promise<Finding[]> {
    const words = `${guestName} --target ssh://root@there --fail-on never --format json`
    const said = await this.here.run({ sh: `node /tool/bin/vdoctor.cjs ready ${words} >/lab/ready.json` }, READY_S)
    if (said.status !== 0) throw new LabError(`vdoctor ready ended with ${said.status}`, said.stderr)
    return errorsIn(readFileSync(this.here.shared('ready.json'), 'utf8'))
  }

  /** The same of what both hosts recorded of themselves. */
  async #readyFromBundles({ guestName }: Move): Promise<Finding[]> {
    const [source, target] = [this.here.shared(BUNDLE), this.there.shared(BUNDLE)]
    const words = ['ready', guestName, '--source', source, '--target', target, '--fail-on', 'never', '--format', 'json']
    return errorsIn((await execa(process.execPath, [this.here.vdoctor, ...words])).stdout)
  }

  #migrate({ guestName }: Move): Promise<Said> {
    const words: [string, ...string[]] =
      this.kind === 'kvm'
        ? ['virsh', 'migrate', '--live', '--persistent', guestName, 'qemu+ssh://root@there/system']
        : ['xl', 'migrate', guestName, 'there']
    return this.here.run(words, MIGRATE_S)
  }

  async #arrived({ guestName }: Move, { status, stderr }: Said): Promise<string[]> {
    if (status !== 0) return [`it was said to be ready, and the migration ended with ${status}: ${stderr.trim()}`]
    const list = await this.there.run(this.kind === 'kvm' ? ['virsh', 'list', '--name'] : ['xl', 'list'], 60)
    const there = list.stdout.split('\n').some((line) => line.split(' ')[0] === guestName)
    return there ? [] : ['the migration succeeded, and the guest is not there']
  }
}

const KVM = {
  type: 'kvm',
  memory: "<memory unit='MiB'>128</memory>",
  words: '',
  more: '<features><acpi/><apic/></features>',
  machine: 'pc-q35-7.2',
  vcpus: 1,
}

const BUNDLE = 'bundle.tar.gz'

const bundle = (machine: Machine): Promise<void> =>
  must(machine, ['node', '/tool/bin/vdoctor.cjs', 'bundle', '--output', `/lab/${BUNDLE}`])

async function must(machine: Machine, step: Step): Promise<void> {
  const said = await machine.run(step)
  if (said.status !== 0)
    throw new LabError(`${machine.name}: ${JSON.stringify(step).slice(0, 200)} ended with ${said.status}`, said.stderr)
}

const errorsIn = (report: string): Finding[] =>
  (JSON.parse(report) as { findings: Finding[] }).findings.filter(
    ({ outcome, severity }) => outcome === 'problem' && severity === 'error',
  )

const isRefused = (move: Move): boolean => move.found.length > 0 && move['nobody-refuses'] === undefined

/** Whether it was refused, with words that one of the rules foretold. */
function refused({ status, stdout, stderr }: Said, errors: readonly Finding[]): string[] {
  if (status === 0) return ['the migration succeeded']
  const said = `${stdout}${stderr}`
  const words = errors.flatMap(({ refusal }) => refusal?.words || [])
  if (words.length === 0) return [`no rule foretells what was said: ${stderr.trim()}`]
  return words.some((one) => said.includes(one))
    ? []
    : [`foretold was ${words.map((one) => `"${one}"`).join(' or ')}; said was: ${stderr.trim()}`]
}
