const MACHINE = /^(x86_64|amd64|i\d86|aarch64|arm\w*|ppc64\w*|s390x?|ia64|riscv64|loongarch64|sparc64|mips\w*)$/

/**
 * `Linux web1 5.14.0-427.el9.x86_64 #1 SMP … x86_64 x86_64 x86_64 GNU/Linux`: machine, processor and platform; the last two where they are
 * known. FreeBSD ends with the machine.
 */
function wordsOf(text: string): { system: string; release: string; machine: string } | null {
  const words = text.trim().split('\n')[0]!.split(/\s+/)
  const [system, , release] = words
  const rest = words.slice(3).filter((word) => word !== 'GNU/Linux')
  let from = rest.length
  while (from > 0 && MACHINE.test(rest[from - 1]!)) from--
  const machine = rest[from]
  return system && release && machine ? { system, release, machine } : null
}

/** As `uname -srm` prints it. */
export function machineOf(text: string): string | null {
  const words = wordsOf(text)
  return words && `${words.system} ${words.release} ${words.machine}\n`
}

/** As `uname -r` prints it. */
export function releaseOf(text: string): string | null {
  const words = wordsOf(text)
  return words && `${words.release}\n`
}

/** Linux tells its own in `xl info`, too: `release : 4.19.0+1`, `version : #1 SMP Thu …`, `machine : x86_64`. */
export function machineOfXl(text: string): string | null {
  const [release, version, machine] = ['release', 'version', 'machine'].map((name) => infoOf(text, name))
  return release && machine && version?.startsWith('#') ? `Linux ${release} ${machine}\n` : null
}

export const releaseOfXl = (text: string): string | null => machineOfXl(text)?.replace(/^Linux (\S+) .*/, '$1') ?? null

/** `xen_major              : 4` */
export const infoOf = (text: string, name: string): string | null =>
  new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? null
