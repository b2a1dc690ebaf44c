/**
 * Names of the processes in `ps -ww -axo pid,ppid,state,wchan:40,comm`: `  812     1 S do_poll.constprop.0    chronyd`. Zombies do not
 * run. The kernel cuts a name to 15 characters. Throws where it is no such listing.
 */
export function parseProcessNames(text: string): string[] {
  const [head = '', ...lines] = text.split('\n')
  if (!/PID.*COMM/.test(head)) throw new Error('no listing of processes')
  return lines.flatMap((line) => {
    const match = /^\s*\d+\s+\d+\s+(\S+)\s+\S+\s+(.+?)\s*$/.exec(line)
    return match && !match[1]!.startsWith('Z') ? [match[2]!] : []
  })
}

/** Whether one of these runs: `systemd-timesyncd` is listed as `systemd-timesyn`. */
export const runs = (names: readonly string[], ...wanted: string[]): boolean =>
  wanted.some((name) => names.includes(name.slice(0, 15)))
