/** One line of `ps -ww -axo pid,ppid,state,wchan:40,comm`. */
export interface Process {
  readonly pid: number
  readonly parent: number
  /** R, S, D, Z, T, I */
  readonly state: string
  readonly waitChannel: string
  /** Cut to 15 characters by the kernel. */
  readonly name: string
}

/** `    281       1 S do_sys_poll                              libvirtd` */
export function parseProcesses(text: string): Process[] {
  const [head = '', ...lines] = text.split('\n')
  if (!/PID\s+PPID/.test(head)) throw new Error('no list of processes')
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+([A-Z])\S*\s+(\S+)\s+(.+?)\s*$/.exec(line)
    if (!match) return []
    const [, pid, parent, state, waitChannel, name] = match
    return [{ pid: Number(pid), parent: Number(parent), state: state!, waitChannel: waitChannel!, name: name! }]
  })
}

/** One line of `ps -ww -axo pid,uid,etime,args`. */
export interface Call {
  readonly pid: number
  readonly uid: number
  /** Seconds since it was started. */
  readonly age: number
  readonly argv: readonly string[]
}

/** `  495   64055       01:47 /usr/bin/qemu-system-x86_64 -name guest=kvm1,debug-threads=on -S` */
export function parseCalls(text: string): Call[] {
  const [head = '', ...lines] = text.split('\n')
  if (!/PID\s+UID\s+ELAPSED/.test(head)) throw new Error('no list of processes')
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+([\d:-]+)\s+(.*)$/.exec(line)
    if (!match) return []
    const [, pid, uid, elapsed, args] = match
    return [{ pid: Number(pid), uid: Number(uid), age: seconds(elapsed!), argv: args!.trim().split(/\s+/) }]
  })
}

/** `1-02:03:04` is a day, two hours, three minutes and four seconds. */
function seconds(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text]
  return clock!.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400
}

export interface QemuCall {
  readonly guest: string
  readonly accelerator: string
  readonly machine: string
  /** MiB as -m gives it; null where it does not. */
  readonly memory: number | null
}

/** The emulator is known by its file name; a guest by `-name guest=web1,…`, `-name web1` or `-domain-name web1`. */
export function parseQemu(argv: readonly string[]): QemuCall | null {
  if (!/(^|\/)(xen-)?(qemu-system-\w+|qemu-kvm|qemu-dm|kvm)$/.test(argv[0] ?? '')) return null
  const after = (...names: string[]): string => {
    const at = argv.findIndex((word) => names.includes(word.replace(/^--/, '-')))
    return at < 0 ? '' : (argv[at + 1] ?? '')
  }
  const machine = after('-machine', '-M')
  const name = after('-name', '-domain-name')
  const size = /^(?:size=)?(\d+)([kKmMgGtT]?)/.exec(after('-m'))
  return {
    guest: /(?:^|,)guest=([^,]*)/.exec(name)?.[1] ?? name.split(',')[0]!,
    accelerator: accelerator(argv, machine, after('-accel')),
    machine: machine.split(',')[0]!,
    memory: size ? Number(size[1]) * (UNITS[size[2]!.toUpperCase()] ?? 1) : null,
  }
}

const UNITS: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 ** 2 }

/** QEMU emulates unless it is told otherwise; programs called kvm tell themselves. */
function accelerator(argv: readonly string[], machine: string, accel: string): string {
  if (argv.includes('-enable-kvm') || /(^|\/)(qemu-kvm|kvm)$/.test(argv[0]!)) return 'kvm'
  if (argv.includes('-xen-attach') || argv.includes('-xen-domid') || /(^|\/)qemu-dm$/.test(argv[0]!)) return 'xen'
  const told = accel.split(',')[0] || /(?:^|,)accel=([^,]*)/.exec(machine)?.[1]?.split(':')[0]
  return told || 'tcg'
}
