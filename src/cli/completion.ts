import type { Command } from '@oclif/core'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

interface Flag {
  readonly name: string
  readonly summary: string
  readonly takesValue: boolean
  readonly options: readonly string[]
}
interface Completed {
  /** `rules list` */
  readonly words: string
  readonly summary: string
  readonly flags: readonly Flag[]
  /** What its argument may be, where that is a fixed list. */
  readonly options: readonly string[]
}

/** A script for the user's shell that completes commands, flags and their fixed values; files, everywhere else. */
export function completion(shell: Shell, bin: string, commands: readonly Command.Loadable[]): string {
  const completed = commands.filter(({ hidden }) => !hidden).map(completedOf)
  switch (shell) {
    case 'bash':
      return bash(bin, completed)
    case 'zsh':
      return `#compdef ${bin}\nautoload -U +X bashcompinit && bashcompinit\n${bash(bin, completed)}`
    case 'fish':
      return fish(bin, completed)
  }
}

function completedOf({ id, summary, flags, args }: Command.Loadable): Completed {
  return {
    words: id.replaceAll(':', ' '),
    summary: summary ?? '',
    flags: Object.entries(flags)
      .filter(([, { hidden }]) => !hidden)
      .map(([name, flag]) => ({
        name,
        summary: flag.summary ?? '',
        takesValue: flag.type === 'option',
        options: (flag.type === 'option' && flag.options) || [],
      })),
    options: Object.values(args)[0]?.options ?? [],
  }
}

function bash(bin: string, commands: readonly Completed[]): string {
  const topics = [...new Set(commands.flatMap(({ words }) => words.split(' ').slice(0, -1)))]
  const first = [...new Set(commands.map(({ words }) => words.split(' ')[0]!))]
  const cases = commands.flatMap(({ words, flags, options }) => [
    ...flags
      .filter(({ takesValue }) => takesValue)
      .map(({ name, options: values }) => `  '${words} --${name}') offers='${values.join(' ')}' ;;`),
    `  '${words} '*) offers='${[...options, ...flags.map(({ name }) => `--${name}`), '--help'].join(' ')}' ;;`,
  ])
  const under = topics.map((topic) => {
    const own = commands.filter(({ words }) => words.startsWith(`${topic} `)).map(({ words }) => words.split(' ')[1])
    return `  '${topic} '*) offers="$offers ${own.join(' ')}" ;;`
  })
  return `_${bin}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command='' offers='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$command \${COMP_WORDS[index]}" in
${commands.map(({ words }) => `    '${words.includes(' ') ? words : ` ${words}`}') command='${words}' ;;`).join('\n')}
${topics.map((topic) => `    ' ${topic}') command='${topic}' ;;`).join('\n')}
    esac
  done
  case "$command $before" in
  ' '*) offers='${first.join(' ')} --help --version' ;;
${cases.join('\n')}
  esac
  case "$command $before" in
${under.join('\n')}
  esac
  COMPREPLY=()
  for index in $offers; do
    case "$index" in "$word"*) COMPREPLY+=("$index") ;; esac
  done
}
complete -o default -F _${bin} ${bin}
`
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, (char) => `\\${char}`)}'`

function fish(bin: string, commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ words, summary, flags, options }) => {
    const [first, second] = words.split(' ') as [string, string?]
    const topic = second === undefined ? '' : `__fish_seen_subcommand_from ${first}; and `
    const siblings = commands.flatMap((one) => (one.words.startsWith(`${first} `) ? [one.words.split(' ')[1]!] : []))
    const offer =
      second === undefined
        ? [`complete -c ${bin} -n __fish_use_subcommand -a ${first} -d ${quoted(summary)}`]
        : [
            `complete -c ${bin} -n ${quoted(`${topic}not __fish_seen_subcommand_from ${siblings.join(' ')}`)} -a ${second} -d ${quoted(summary)}`,
          ]
    const here = `-n ${quoted(`${topic}__fish_seen_subcommand_from ${second ?? first}`)}`
    return [
      ...offer,
      ...(options.length > 0 ? [`complete -c ${bin} ${here} -f -a ${quoted(options.join(' '))}`] : []),
      ...flags.map(({ name, summary: about, takesValue, options: values }) => {
        const value = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : takesValue ? ' -r' : ''
        return `complete -c ${bin} ${here} -l ${name}${value} -d ${quoted(about)}`
      }),
    ]
  })
  const topics = [...new Set(commands.flatMap(({ words }) => (words.includes(' ') ? [words.split(' ')[0]!] : [])))]
  const plain = topics.filter((topic) => !commands.some(({ words }) => words === topic))
  return `${[...plain.map((topic) => `complete -c ${bin} -n __fish_use_subcommand -a ${topic}`), ...lines].join('\n')}\n`
}
