/** Words of a kernel's command line: blanks inside double quotes do not part, `root=/dev/vda ro dyndbg="file a.c +p"`. */
export const bootWords = (text: string): string[] =>
  [...text.matchAll(/(?:[^\s"]|"[^"]*(?:"|$))+/g)].map(([word]) => word.replaceAll('"', ''))

/** `ro root=/dev/vda console=hvc0` → {ro: "", root: "/dev/vda", console: "hvc0"}: later ones win. */
export function bootParameters(words: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    values[at < 0 ? word : word.slice(0, at)] = at < 0 ? '' : word.slice(at + 1)
  }
  return values
}

/** What follows `name=` in each word of that name, in order: a kernel takes several consoles. */
export const bootValues = (words: readonly string[], name: string): string[] =>
  words.filter((word) => word.startsWith(`${name}=`)).map((word) => word.slice(name.length + 1))

/** Words that GRUB fills in or that mean nothing to the kernel; SUSE's say `dummy`. */
const isFiller = (word: string): boolean => /[$`]/.test(word) || word === 'placeholder' || word === 'dummy'

/** Words as an administrator wrote them: without `placeholder`, `${xen_rm_opts}` and the like. */
export const ownWords = (text: string): string[] => bootWords(text).filter((word) => !isFiller(word))

/** The other way round: what holds a blank is quoted again. */
export const joinWords = (words: readonly string[]): string =>
  words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ')
