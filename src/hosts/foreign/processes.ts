import type { Dump } from './dump.ts'
import { linesOf, succeeded } from './dump.ts'

/** sos asks for two tables that tell all together: names (of 15 letters, as the kernel keeps them) in one, states and calls in the other. */
export const NAMES = 'ps axo pid,ppid,user,group,lwp,nlwp,start_time,comm,cgroup'
export const CALLS = [
  'ps axo flags,state,uid,pid,ppid,pgid,sid,cls,pri,addr,sz,wchan:20,lstart,tty,time,cmd',
  'ps axo flags,state,uid,pid,ppid,pgid,sid,cls,pri,psr,addr,sz,wchan:20,lstart,tty,time,cmd',
]

interface Named {
  readonly parent: string
  readonly name: string
}

/** `    2     0 root     root         2    1 06:36 kthreadd        -` */
function names(dump: Dump): Map<string, Named> | null {
  const text = succeeded(dump.output(NAMES))
  if (text === null || !/^\s*PID\s+PPID\s+USER/.test(text)) return null
  // Without one of its lines it would not be all processes.
  const lines = text.split('\n')
  if (linesOf(text).length < lines.length) return null
  return new Map(
    lines.flatMap((line): [string, Named][] => {
      const match = /^\s*(\d+)\s+(\d+)\s+\S+\s+\S+\s+\d+\s+\d+\s+\S+\s+(\S.*?)\s+\S+$/.exec(line)
      return match ? [[match[1]!, { parent: match[2]!, name: match[3]! }]] : []
    }),
  )
}

interface Called {
  readonly state: string
  readonly uid: string
  readonly pid: string
  readonly channel: string
  readonly started: string
  readonly terminal: string
  readonly call: string
}

/**
 *     F S   UID   PID  PPID  PGID   SID CLS PRI ADDR    SZ WCHAN                                 STARTED TT           TIME CMD
 *     4 S     0   800     1   800   800  TS  19    - 11670 do_sys_poll          Fri Nov 20 06:36:42 2026 ?        00:01:18 /usr/sbin/libvirtd
 */
function calls(dump: Dump): Called[] | null {
  const text = CALLS.map((command) => succeeded(dump.output(command))).find((found) => found !== null)
  if (text === undefined || !/^F\s+S\s+UID\s+PID\s+PPID/.test(text!)) return null
  const row =
    /^\S+\s+([A-Z])\S*\s+(\d+)\s+(\d+)\s+(?:\S+\s+){4,9}?(\S+)\s+\w{3} (\w{3}\s+\d+ [\d:]{8} \d{4})\s+(\S+)\s+[\d:-]+\s+(.*)$/
  return text!.split('\n').flatMap((line): Called[] => {
    const match = row.exec(line)
    if (!match) return []
    const [, state, uid, pid, channel, started, terminal, call] = match as unknown as [string, ...string[]]
    return [
      {
        state: state!,
        uid: uid!,
        pid: pid!,
        channel: channel!,
        started: started!,
        terminal: terminal!,
        call: call!,
      },
    ]
  })
}

/** As `ps -axo pid,ppid,state,wchan:40,comm` prints it: processes that both tables hold. */
export function processesOf(dump: Dump): string | null {
  const [named, called] = [names(dump), calls(dump)]
  if (!named || !called) return null
  const lines = called.flatMap(({ pid, state, channel }) => {
    const one = named.get(pid)
    return one ? [`${pid} ${one.parent} ${state} ${channel} ${one.name}`] : []
  })
  return `PID PPID S WCHAN COMMAND\n${lines.join('\n')}\n`
}

/** As `ps -axo pid,uid,etime,args` prints it; how old a process was is told from when the list was made. */
export function callsOf(dump: Dump): string | null {
  const [called, utc] = [calls(dump), /^\w+\s+(\w+\s+\d+ [\d:]{8})\s+\S+\s+(\d{4})/]
  // Started is told by the machine's own clock and zone, which `date` writes in the same way.
  const now = utc.exec(succeeded(dump.output('date')) ?? '')
  if (!called || !now) return null
  const at = Date.parse(`${now[1]} ${now[2]} UTC`)
  const lines = called.map(({ pid, uid, started, call }) => {
    const [, month, rest] = /^(\w{3})\s+(.*)$/.exec(started)!
    return `${pid} ${uid} ${elapsed(at - Date.parse(`${month} ${rest} UTC`))} ${call}`
  })
  return `PID UID ELAPSED COMMAND\n${lines.join('\n')}\n`
}

/** Milliseconds as `1-02:03:04`. */
function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${Math.floor(seconds / 86_400)}-${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** As `ps -A -o pid= -o comm=` prints it. */
export function namesOf(dump: Dump): string | null {
  const named = names(dump)
  return named && [...named].map(([pid, { name }]) => `${pid} ${name}\n`).join('')
}

/** As `ps -axo tty,comm` prints it. */
export function terminalsOf(dump: Dump): string | null {
  const [named, called] = [names(dump), calls(dump)]
  if (!named || !called) return null
  const lines = called.flatMap(({ pid, terminal }) => {
    const one = named.get(pid)
    return one ? [`${terminal} ${one.name}`] : []
  })
  return `TT COMMAND\n${lines.join('\n')}\n`
}

/** Lists of processes for people: sos, insights, supportconfig. */
export const LISTS = [
  'ps auxwww',
  'ps auxwwwm',
  'ps auxww',
  'ps aux',
  'ps axwwo user,pid,ppid,%cpu,%mem,vsz,rss,stat,time,cmd',
  'ps wwwaxf -eo pid,tty,stat,time,nice,psr,pcpu,pmem,nwchan,wchan:25,args',
]

/** Words of a call that are looked at, the branches of a tree included. */
const MOST_BRANCHES = 40
/** What runs the program that its first argument names. */
const INTERPRETERS = /(^|\/)(python|perl|ruby|sh|bash|dash)[\d.]*$/

/**
 * Programs that ran, by the path that they were called with, and threads of the kernel: `[kthreadd]`. null where no list was recorded.
 *
 *     root       800  0.0  0.1 1543216 26680 ?       Ssl  06:36   0:00 /usr/sbin/libvirtd --timeout 120
 */
export function programsOf(dump: Dump): Set<string> | null {
  const text = LISTS.map((command) => succeeded(dump.output(command))).find((found) => found !== null)
  if (text === undefined) return null
  const [head = '', ...lines] = text!.split('\n')
  const before = head.trim().split(/\s+/).length - 1
  const programs = lines.flatMap((line) => {
    const words = line
      .trim()
      .split(/\s+/, before + MOST_BRANCHES)
      .slice(before)
    // Trees are drawn: `|   \_ /usr/sbin/libvirtd`
    const call = words.filter((word) => !/^[|\\_]+$/.test(word))
    return INTERPRETERS.test(call[0] ?? '') ? call.slice(0, 2) : call.slice(0, 1)
  })
  return new Set(programs)
}
