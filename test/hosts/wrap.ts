/**
 * A recorded machine, written as other programs would have archived it. What they copy and run, and how they name it, is taken from their
 * own sources (sos 4.8 and 1.7, supportutils 3.1 and 3.2, xen-bugtool, insights-client), and not from src/hosts/foreign.
 */
import { everyAsk } from '../../src/engine/asks.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import type { Data, Question } from '../../src/types.ts'

const LETTERS: Readonly<Record<string, string>> = { char: 'c', block: 'b', dir: 'd', file: '-' }

export class Recorded {
  /** By path. */
  readonly files = new Map<string, string>()
  readonly links = new Map<string, string>()
  readonly lists = new Map<string, readonly string[]>()
  readonly stats = new Map<string, Extract<Data, { kind: 'stat' }>['stat']>()
  /** Standard output of what succeeded, by the words of the command. */
  readonly commands = new Map<string, string>()
  at = new Date(0)

  static async of(machine: string): Promise<Recorded> {
    const host = new BundleHost(machine)
    const recorded = new Recorded()
    recorded.at = host.at
    for (const answer of await host.answer(everyAsk)) {
      if (!answer.ok) continue
      const ask = JSON.parse(answer.key) as Question
      const { data } = answer
      if (data.kind === 'file' && 'file' in ask) recorded.files.set(ask.file, data.text)
      if (data.kind === 'link' && 'link' in ask) recorded.links.set(ask.link, data.target)
      if (data.kind === 'list' && 'list' in ask) recorded.lists.set(ask.list, data.names)
      if (data.kind === 'stat' && 'stat' in ask) recorded.stats.set(ask.stat, data.stat)
      if (data.kind === 'command' && 'command' in ask && (data.exit === 0 || ask.command[0] === 'dpkg-query'))
        recorded.commands.set(ask.command.join(' '), data.stdout)
    }
    return recorded
  }

  /** The files that these patterns name: a folder stands for all below it, `*` for any letters but `/`. */
  copied(...patterns: readonly string[]): [string, string][] {
    const tests = patterns.map(
      (one) =>
        new RegExp(`^${one.replace(/[.+()]/g, '\\$&').replaceAll('*', '[^/]*')}${one.endsWith('/') ? '' : '(/|$)'}`),
    )
    return [...this.files].filter(([path]) => tests.some((test) => test.test(path)))
  }

  /** `uname -a`, of which the release, and on Linux the machine twice more on Red Hat's, is all that is recorded. */
  uname(): string | undefined {
    const words = this.commands.get('uname -srm')?.trim().split(' ')
    if (!words) return undefined
    const [system, release, machine] = words
    return system === 'Linux'
      ? `Linux web1 ${release} #1 SMP PREEMPT_DYNAMIC Fri Nov 20 06:37:00 UTC 2026 ${machine} ${machine} ${machine} GNU/Linux\n`
      : `${system} web1 ${release} ${system} ${release} GENERIC ${machine}\n`
  }

  rows(command: string): string[][] {
    const lines = (this.commands.get(command) ?? '').split('\n').slice(1)
    return lines.filter(Boolean).map((line) => line.trim().split(/\s+/))
  }

  /** `Fri Nov 20 06:37:00 UTC 2026` */
  date(at = this.at): string {
    const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString())!
    return `${at.toUTCString().slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${clock} UTC ${year}\n`
  }

  /** Both tables of sos, from the lists that were recorded. */
  tables(): { names: string; calls: string } | null {
    const list = this.rows('ps -ww -axo pid,ppid,state,wchan:40,comm')
    if (list.length === 0) return null
    const calls = new Map(this.rows('ps -ww -axo pid,uid,etime,args').map((row) => [row[0]!, row]))
    const terminals = this.rows('ps -ww -axo tty,comm')
    const names = list.map(
      ([pid, parent, , , ...name]) => `${pid} ${parent} root root ${pid} 1 06:36 ${name.join(' ')} 0::/init.scope`,
    )
    const sched = list.map(([pid, parent, state, channel, ...name], index) => {
      const [, uid = '0', age = '00:00', ...call] = calls.get(pid!) ?? []
      const [clock, days] = age.split('-').reverse() as [string, string | undefined]
      const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days ?? 0) * 86_400
      const started = this.date(new Date(this.at.getTime() - seconds * 1000))
        .replace(' UTC', '')
        .trim()
      const rest = call.length > 0 ? call.join(' ') : `[${name.join(' ')}]`
      return `4 ${state} ${uid} ${pid} ${parent} ${pid} ${pid} TS 19 - 1167 ${channel} ${started} ${terminals[index]?.[0] ?? '?'} 00:00:01 ${rest}`
    })
    return {
      names: `  PID  PPID USER     GROUP      LWP NLWP START COMMAND         CGROUP\n${names.join('\n')}\n`,
      calls: `F S   UID   PID  PPID  PGID   SID CLS PRI ADDR    SZ WCHAN                                 STARTED TT           TIME CMD\n${sched.join('\n')}\n`,
    }
  }

  /** `ls -alZR`, of one folder: what was recorded of it, by name. Owners have names there, and labels. */
  listing(folder: string): string | undefined {
    const inside = (path: string): boolean => path.slice(0, path.lastIndexOf('/')) === folder
    const stats = [...this.stats].filter(([path]) => inside(path))
    const names = new Set([...(this.lists.get(folder) ?? []), ...stats.map(([path]) => path.slice(folder.length + 1))])
    if (names.size === 0) return undefined
    const lines = [...names].sort().map((name) => {
      const target = this.links.get(`${folder}/${name}`)
      const letter = target === undefined ? LETTERS[this.stats.get(`${folder}/${name}`)?.type ?? 'file'] : 'l'
      const size = letter === 'c' || letter === 'b' ? '10, 232' : '4096'
      return `${letter ?? '-'}rw-r-----. 1 root root system_u:object_r:device_t:s0 ${size} Nov 20 06:36 ${name}${target === undefined ? '' : ` -> ${target}`}`
    })
    return `${folder}:\ntotal 0\ndrwxr-xr-x. 2 root root system_u:object_r:device_t:s0 0 Nov 20 06:36 .\n${lines.join('\n')}\n`
  }

  /** `ps auxwww`, as people read it. */
  aux(): string | undefined {
    const calls = this.rows('ps -ww -axo pid,uid,etime,args')
    if (calls.length === 0) return undefined
    const lines = calls.map(([pid, , , ...call]) => `root ${pid} 0.0 0.0 1 1 ? Ss 06:36 0:00 ${call.join(' ')}`)
    return `USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n${lines.join('\n')}\n`
  }

  /** `df -al`, with what the kernel makes up; `-T` with types. */
  df(command: string, types: boolean): string | undefined {
    const text = this.commands.get(command)
    if (text === undefined) return undefined
    const type = (word: string): string => (types ? ` ${word}` : '')
    const [, ...lines] = text.trim().split('\n')
    const size = command.includes('-k') ? '1K-blocks Used Available Use%' : 'Inodes IUsed IFree IUse%'
    return [
      `Filesystem${type('Type')} ${size} Mounted on`,
      `proc${type('proc')} 0 0 0 - /proc`,
      ...lines.map((line) => line.replace(/^(\S+)/, `$1${type('ext4')}`)),
    ]
      .join('\n')
      .concat('\n')
  }

  /** `systemctl list-units --all`, with what it adds for people. */
  units(): string | undefined {
    const text = this.commands.get('systemctl list-units --all --no-pager --plain --no-legend')
    if (text === undefined) return undefined
    const lines = text.trimEnd().split('\n')
    const marked = lines.map((line) => `${/ (failed|not-found) /.test(line) ? '●' : ' '} ${line}`)
    return `  UNIT LOAD ACTIVE SUB DESCRIPTION\n${marked.join('\n')}\n\nLOAD   = Reflects whether the unit definition was properly loaded.\n\n${lines.length} loaded units listed.\n`
  }

  /** `dpkg -l`, `rpm -qa`: name and version of what is installed. */
  packages(manager: 'dpkg' | 'rpm'): [string, string][] {
    const text =
      [...this.commands].find(([command]) => command.startsWith(manager === 'rpm' ? 'rpm -q' : 'dpkg-query'))?.[1] ?? ''
    return text.split('\n').flatMap((line): [string, string][] => {
      const match = manager === 'rpm' ? /^(\S+) (\S+)$/.exec(line) : /^ii\s+(\S+) (\S+)$/.exec(line)
      return match ? [[match[1]!, match[2]!]] : []
    })
  }
}
