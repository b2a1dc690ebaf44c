/** One line of `df -klP` or `df -liP`: sizes in KiB, or counts of inodes. */
export interface DfLine {
  readonly device: string
  readonly path: string
  readonly size: number
  readonly used: number
  readonly free: number
}

/** `/dev/vda   3015032  941332  1905588  34% /`; `-` where a file system has no inodes to count. Throws where it is no such table. */
export function parseDf(text: string): DfLine[] {
  const [head = '', ...lines] = text.trimEnd().split('\n')
  if (!/^Filesystem\s/.test(head)) throw new Error('no table of df')
  return lines.flatMap((line) => {
    const match = /^(.+?)\s+(\d+|-)\s+(\d+|-)\s+(-?\d+|-)\s+(?:\d+%|-)\s+(\/.*)$/.exec(line)
    if (!match) return []
    const [size, used, free] = [match[2]!, match[3]!, match[4]!].map((word) => (word === '-' ? 0 : Number(word)))
    return [{ device: match[1]!, path: match[5]!, size: size!, used: used!, free: free! }]
  })
}
