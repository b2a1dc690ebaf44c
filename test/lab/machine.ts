import { execa, type ResultPromise } from 'execa'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Image, UPLINK_MAC } from './image.ts'
import { LabError } from './lab-error.ts'

/** How a host is started. What stands here is healthy; a fault changes what it is about. */
export interface Boot {
  readonly kind: 'xen' | 'kvm'
  readonly cpu: string
  readonly devices: readonly string[]
  /** Words for Linux, and for Xen. */
  readonly kernel: string
  readonly xen: string
  readonly memoryMib: number
  /** GRUB starts it, as the settings on its disk say; `kernel` and `xen` say nothing then. */
  readonly grub?: boolean
  /** Its serial port is a socket that it waits on before it does anything, and it starts again when it is told to. */
  readonly console?: boolean
  /** A second line, to another host: what QEMU is told of its socket, and the address of the card on it. */
  readonly line?: { readonly socket: string; readonly mac: string }
}

export const healthy = (kind: 'xen' | 'kvm'): Boot => ({
  kind,
  // With AMD-V and nested paging, the only extension that QEMU emulates.
  cpu: 'qemu64,+svm,+npt,-hypervisor',
  devices: ['amd-iommu,intremap=on'],
  kernel: '',
  xen: 'dom0_mem=1536M,max:1536M',
  memoryMib: 4096,
})

export interface Said {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

/** A step in the patient: argv, a script of sh, or a file to write. */
export type Step =
  readonly [string, ...string[]] | { readonly sh: string } | { readonly write: string; readonly text: string }

const BOOT_S = Number(process.env['VDOCTOR_LAB_BOOT_SECONDS'] ?? 600)
const COMMAND_S = 900
const LAST_LINES = 25

export const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`

function script(step: Step): string {
  if (Array.isArray(step)) return (step as readonly string[]).map(quote).join(' ')
  if ('write' in step) return `printf %s ${quote(step.text)} >${quote(step.write)}`
  return (step as { sh: string }).sh
}

/** One host under emulation. Its disk is a layer of its own over the image, which outlives a reboot of it. */
export class Machine {
  readonly name: string
  readonly folder: string
  readonly sshPort: number
  #boot: Boot
  #qemu: ResultPromise | undefined
  #requests = 0

  private constructor(
    readonly image: Image,
    readonly tool: string,
    boot: Boot,
    folder: string,
    name: string,
    sshPort: number,
  ) {
    this.#boot = boot
    this.folder = folder
    this.name = name
    this.sshPort = sshPort
  }

  /** `hosts` is the folder of all, in which the vdoctor lies too that they are examined with. */
  static async start(
    image: Image,
    boot: Boot,
    hosts: string,
    name: string,
    sshPort: number,
    onPower: (machine: Machine) => void = () => {},
  ): Promise<Machine> {
    const machine = await Machine.#laidOut(image, boot, hosts, name, sshPort)
    await machine.#start(onPower)
    return machine
  }

  static async #laidOut(image: Image, boot: Boot, hosts: string, name: string, sshPort: number): Promise<Machine> {
    const folder = join(hosts, name)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(join(folder, 'share'), { recursive: true })
    const overlay = join(folder, 'disk.qcow2')
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image.disk, '-F', 'raw', overlay])
    return new Machine(image, join(hosts, 'tool'), boot, folder, name, sshPort)
  }

  /** The command that it is examined with, as it is called here. */
  get vdoctor(): string {
    return join(this.tool, 'bin/vdoctor.cjs')
  }

  get serialLog(): string {
    return join(this.folder, 'serial.log')
  }

  get serialSocket(): string {
    return join(this.folder, 'serial')
  }

  /** A host that shall not come up: until its console says so, or it is off. */
  static async dying(image: Image, boot: Boot, hosts: string, name: string, says: RegExp): Promise<Machine> {
    const machine = await Machine.#laidOut(image, boot, hosts, name, 0)
    machine.#spawn()
    const read = (): string => (existsSync(machine.serialLog) ? readFileSync(machine.serialLog, 'latin1') : '')
    await machine.#until(() => says.test(read()), BOOT_S, `did not say ${says.source}`)
    return machine
  }

  /** Waits until it is up again after a start that it made by itself. */
  async comesBack(): Promise<void> {
    await this.#until(() => existsSync(this.shared('ready')), BOOT_S, 'did not come up again')
  }

  forgetThatItIsUp(): void {
    rmSync(this.shared('ready'), { force: true })
  }

  /** Off and on again, with other words where they are given. */
  async reboot(boot: Boot = this.#boot): Promise<void> {
    const down = this.#qemu
    await this.run(['systemctl', 'poweroff'], 60)
    if ((await Promise.race([down, sleep(120_000, 'late', { ref: false })])) === 'late')
      throw this.#error('did not go down for a reboot')
    this.#boot = boot
    await this.#start()
  }

  /** Its disk is thrown away, so nobody needs to shut it down. */
  async stop(): Promise<void> {
    this.#qemu?.kill('SIGKILL')
    await this.#qemu
    this.#qemu = undefined
    rmSync(join(this.folder, 'disk.qcow2'), { force: true })
  }

  /** Runs in the patient. A command that hangs there is killed there, with status 124 or 137. */
  async run(step: Step, seconds = COMMAND_S): Promise<Said> {
    const at = this.#ask(step, seconds)
    await this.#until(() => existsSync(at('status')), seconds + 60, `gave no answer to: ${script(step).slice(0, 200)}`)
    const read = (name: string): string => readFileSync(at(name), 'utf8')
    return { stdout: read('stdout'), stderr: read('stderr'), status: Number(read('status')) }
  }

  /** Leaves a step there that may never be answered. */
  tell(step: Step): void {
    this.#ask(step, COMMAND_S)
  }

  #ask(step: Step, seconds: number): (name: string) => string {
    const number = ++this.#requests
    const at = (name: string): string => join(this.folder, 'share', `${name}-${number}`)
    writeFileSync(at('body'), `${script(step)}\n`)
    writeFileSync(at('new'), `exec timeout -k 5 ${seconds} sh /lab/body-${number}\n`)
    renameSync(at('new'), at('request'))
    return at
  }

  /** Where a file that the patient wrote below /lab lies here. */
  shared(name: string): string {
    return join(this.folder, 'share', name)
  }

  async #start(onPower: (machine: Machine) => void = () => {}): Promise<void> {
    this.forgetThatItIsUp()
    this.#spawn()
    onPower(this)
    await this.#until(() => existsSync(this.shared('ready')), BOOT_S, 'did not come up')
  }

  #spawn(): void {
    // The kernel ends it with us, however we end.
    this.#qemu = execa('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...this.#words()], {
      reject: false,
      stdin: 'ignore',
      all: true,
    })
  }

  async #until(done: () => boolean, seconds: number, otherwise: string): Promise<void> {
    const end = Date.now() + seconds * 1000
    const qemu = this.#qemu
    let over: Awaited<ResultPromise> | undefined
    void qemu?.then((result) => (over = result))
    while (!done()) {
      if (over) throw this.#error(`went off: it ${otherwise}`, String(over.all ?? ''))
      if (Date.now() > end) throw this.#error(`${otherwise} within ${seconds} s`)
      await sleep(100)
    }
  }

  #error(what: string, more = ''): LabError {
    const serial = existsSync(this.serialLog) ? readFileSync(this.serialLog, 'latin1') : ''
    const last = serial.split(/\r?\n/).slice(-LAST_LINES).join('\n')
    return new LabError(`${this.name} ${what}; its console said last`, `${more}${last}`)
  }

  #words(): string[] {
    const { kind, cpu, devices, kernel, xen, memoryMib, grub } = this.#boot
    const { image } = this
    const root = 'root=/dev/vda1 ro'
    // Dom0 speaks through Xen, and Xen on the serial port, unless they are told another console.
    const names = (line: string): boolean => /(^| )console=/.test(line)
    const dom0 = names(kernel) ? '' : 'console=hvc0 '
    const port = names(xen) ? '' : 'console=com1 com1=115200,8n1 '
    const words = grub
      ? []
      : kind === 'xen'
        ? [
            ...['-kernel', image.xen],
            ...['-append', `${port}loglvl=all ${xen}`],
            '-initrd',
            `${image.kernel} ${`${root} ${dom0}${kernel}`.replaceAll(',', ',,')},${image.initramfs}`,
          ]
        : [
            ...['-kernel', image.kernel, '-initrd', image.initramfs],
            ...['-append', `${root} console=ttyS0,115200 ${kernel}`],
          ]
    const disk = `file=${join(this.folder, 'disk.qcow2')},format=qcow2,if=none,id=d0,cache=unsafe`
    const share = (tag: string, path: string, more = ''): string[] => [
      '-virtfs',
      `local,path=${path},mount_tag=${tag},security_model=none${more}`,
    ]
    return [
      // One processor: with two, emulation takes thrice as long, since each waits for the other.
      ...['-accel', 'tcg', '-machine', 'q35', '-cpu', cpu, '-smp', '1', '-m', String(memoryMib)],
      ...words,
      ...['-drive', disk, '-device', 'virtio-blk-pci,drive=d0,addr=2'],
      ...['-netdev', `user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:${this.sshPort}-:22`],
      ...['-device', `virtio-net-pci,netdev=n0,mac=${UPLINK_MAC},addr=3`],
      ...['-netdev', 'user,id=n1,restrict=on', '-device', 'e1000,netdev=n1,addr=4'],
      ...(this.#boot.line
        ? [
            '-netdev',
            `socket,id=n2,${this.#boot.line.socket}`,
            '-device',
            `virtio-net-pci,netdev=n2,mac=${this.#boot.line.mac}`,
          ]
        : []),
      ...devices.flatMap((device) => ['-device', device]),
      // To the patient it is a machine of metal, as the hosts are that vdoctor is for.
      ...[
        '-smbios',
        'type=0,vendor=Lab',
        '-smbios',
        'type=1,manufacturer=Lab,product=Host',
        '-smbios',
        'type=3,manufacturer=Lab',
      ],
      ...share('lab', join(this.folder, 'share')),
      ...share('tool', this.tool, ',readonly=on'),
      ...['-display', 'none', '-nic', 'none', '-serial', 'chardev:s0'],
      ...(this.#boot.console
        ? ['-chardev', `socket,id=s0,path=${this.serialSocket},server=on,wait=on,logfile=${this.serialLog}`]
        : ['-no-reboot', '-chardev', `file,id=s0,path=${this.serialLog},append=on`]),
      ...['-qmp', `unix:${join(this.folder, 'qmp')},server=on,wait=off`],
    ]
  }
}
