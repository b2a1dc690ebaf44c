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
const UP_S = 240
/** The disk of the guest is served by the source, and both hosts reach it by the network. */
const DISK = { name: 'moving', port: 10809 }

/** Two hosts of one kind on a network of their own, with a disk that both can reach. */
export class Pair {
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
    const here = await Machine.start(image, at(`listen=${socket}`, '52:54:00:aa:00:01'), hosts, `${kind}-here`, ssh)
    const there = await Machine.start(
      image,
      at(`connect=${socket}`, '52:54:00:aa:00:02'),
      hosts,
      `${kind}-there`,
      sshThere,
    )
    const pair = new Pair(kind, here, there)
    await pair.#introduce(image)
    return pair
  }

  async stop(): Promise<void> {
    await Promise.all([this.here.stop(), this.there.stop()])
  }

  /** Names, addresses, a key of root, and the disk. */
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
    }
    await must(this.here, {
      sh: `truncate -s 64M /var/tmp/disk.raw && mkfs.ext4 -q -F /var/tmp/disk.raw &&
qemu-nbd -f raw -x ${DISK.name} -b ${HERE} -p ${DISK.port} --shared=4 -t --fork /var/tmp/disk.raw`,
    })
    if (this.kind === 'xen')
      for (const machine of [this.here, this.there])
        await must(machine, { sh: `modprobe nbd && nbd-client -N ${DISK.name} ${HERE} ${DISK.port} /dev/nbd0` })
  }

  /** Plants what stands in the way, asks `ready`, moves the guest, and mends all of it. Gives what was not as it should be. */
  async move(move: Move): Promise<string[]> {
    const failures: string[] = []
    try {
      for (const one of move.here) await must(this.here, plainly(one))
      for (const one of move.there) await must(this.there, plainly(one))
      await this.#startGuest(move)
      const errors = await this.#ready()
      const names = [...new Set(errors.map(({ rule }) => rule))].sort()
      if (names.join() !== [...move.found].sort().join())
        failures.push(`ready finds ${names.join(', ') || 'no error'}, not ${move.found.join(', ') || 'none'}`)
      const said = await this.#migrate(move)
      failures.push(...(move.found.length > 0 ? refused(said, errors) : await this.#arrived(said)))
    } finally {
      await this.#clear()
      for (const one of move.mend.here) await must(this.here, plainly(one))
      for (const one of move.mend.there) await must(this.there, plainly(one))
    }
    return failures
  }

  async #startGuest({ guest }: Move): Promise<void> {
    if (this.kind === 'kvm') {
      const disk = `<disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='nbd' name='${DISK.name}'><host name='${HERE}' port='${DISK.port}'/></source><target dev='vda' bus='virtio'/></disk>`
      const devices = `${disk}${guest['devices'] ?? "<interface type='bridge'><mac address='52:54:00:11:11:01'/><source bridge='br0'/><model type='virtio'/></interface>"}`
      const { devices: _, kernel = '/boot/vmlinuz', ...more } = guest
      const { sh } = plainly({ ...KVM, ...more, devices }) as { sh: string }
      await must(this.here, { sh: sh.replace('<kernel>/boot/vmlinuz<', `<kernel>${kernel}<`) })
      return must(this.here, ['virsh', '-q', 'start', 'moving'])
    }
    const lines = ['type = "pvh"', 'memory = 128', 'disk = ["phy:/dev/nbd0,xvda,w"]', guest['lines'] ?? XEN_NIC]
    await must(this.here, plainly({ xl: 'moving', lines: lines.join('\n') }))
    await must(this.here, ['xl', 'create', '/etc/xen/moving.cfg'])
    await this.#guestIsUp()
  }

  /** Only a kernel that runs answers the request to suspend. */
  async #guestIsUp(): Promise<void> {
    const end = Date.now() + UP_S * 1000
    for (;;) {
      const { status } = await this.here.run({ sh: 'grep -q GUEST-UP /var/log/xen/console/guest-moving.log' }, 30)
      if (status === 0) return
      if (Date.now() > end) throw new LabError(`the guest did not come up within ${UP_S} s`, '')
      await sleep(2000)
    }
  }

  /** Errors that `ready` finds, asked on the source, with the target over ssh. */
  async #ready(): Promise<Finding[]> {
    const said = await this.here.run(
      {
        sh: 'node /tool/bin/vdoctor.cjs ready moving --target ssh://root@there --fail-on never --format json >/lab/ready.json',
      },
      READY_S,
    )
    if (said.status !== 0) throw new LabError(`vdoctor ready ended with ${said.status}`, said.stderr)
    const { findings } = JSON.parse(readFileSync(this.here.shared('ready.json'), 'utf8')) as { findings: Finding[] }
    return findings.filter(({ outcome, severity }) => outcome === 'problem' && severity === 'error')
  }

  #migrate({ options }: Move): Promise<Said> {
    const words: [string, ...string[]] =
      this.kind === 'kvm'
        ? ['virsh', 'migrate', '--live', '--persistent', ...options, 'moving', 'qemu+ssh://root@there/system']
        : ['xl', 'migrate', ...options, 'moving', 'there']
    return this.here.run(words, MIGRATE_S)
  }

  async #arrived({ status, stderr }: Said): Promise<string[]> {
    if (status !== 0) return [`it was said to be ready, and the migration ended with ${status}: ${stderr.trim()}`]
    const list = await this.there.run(this.kind === 'kvm' ? ['virsh', 'list', '--name'] : ['xl', 'list'], 60)
    return /^moving\b/m.test(list.stdout) ? [] : ['the migration succeeded, and the guest is not there']
  }

  async #clear(): Promise<void> {
    for (const machine of [this.there, this.here])
      await machine.run(
        this.kind === 'kvm'
          ? { sh: 'virsh destroy moving; virsh undefine moving' }
          : { sh: 'xl destroy moving; rm -f /etc/xen/moving.cfg /var/log/xen/console/guest-moving.log' },
        120,
      )
  }
}

const KVM = {
  domain: 'moving',
  type: 'kvm',
  memory: "<memory unit='MiB'>128</memory>",
  words: '',
  more: '<features><acpi/><apic/></features>',
  machine: 'pc-q35-7.2',
  vcpus: 1,
}
const XEN_NIC = 'vif = ["mac=00:16:3e:11:11:01,bridge=br0"]'

async function must(machine: Machine, step: Step): Promise<void> {
  const said = await machine.run(step)
  if (said.status !== 0)
    throw new LabError(`${machine.name}: ${JSON.stringify(step).slice(0, 200)} ended with ${said.status}`, said.stderr)
}

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
