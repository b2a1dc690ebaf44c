import type { Command } from '@oclif/core'

export interface ManualOf {
  readonly bin: string
  readonly version: string
  readonly about: string
  readonly commands: readonly Command.Loadable[]
}

/** The manual page, in the macros of man(7). */
export function manual({ bin, version, about, commands }: ManualOf): string {
  const shown = commands.filter(({ hidden }) => !hidden)
  return [
    `.TH ${bin.toUpperCase()} 1 "" "${roff(`${bin} ${version}`)}" "User Commands"`,
    '.SH NAME',
    `${roff(bin)} \\- ${roff(about)}`,
    '.SH SYNOPSIS',
    ...shown.flatMap((command, index) => [
      ...(index > 0 ? ['.br'] : []),
      `.B ${roff(`${bin} ${wordsOf(command)}`)}`,
      ...(usage(command) ? [roff(usage(command))] : []),
    ]),
    '.SH COMMANDS',
    ...shown.flatMap((command) => section(bin, command)),
    '.SH EXIT STATUS',
    '.TP',
    '.B 0',
    roff('Nothing at or above --fail-on was found.'),
    '.TP',
    '.B 1',
    roff('Something was.'),
    '.TP',
    '.B 2',
    'It could not run.',
    '.TP',
    '.B 3',
    roff('With --strict: something stayed undecided.'),
    '.PP',
    roff('With --format nagios on standard output: those of its plugins.'),
    '',
  ].join('\n')
}

const wordsOf = ({ id }: Command.Loadable): string => id.replaceAll(':', ' ')

const usage = ({ args, flags, strict }: Command.Loadable): string =>
  [
    ...Object.values(args).map(({ name, required }) => {
      const word = `${name.toUpperCase()}${strict === false ? '...' : ''}`
      return required ? word : `[${word}]`
    }),
    Object.keys(flags).length > 0 ? '[OPTION...]' : '',
  ]
    .filter(Boolean)
    .join(' ')

function section(bin: string, command: Command.Loadable): string[] {
  const { summary, description, flags, args, examples } = command
  return [
    `.SS "${roff(wordsOf(command))}"`,
    ...paragraphs([`${summary ?? ''}.`, description ?? '']),
    ...Object.values(args).flatMap((arg) => ['.TP', `.I ${arg.name.toUpperCase()}`, roff(arg.description ?? '')]),
    ...Object.entries(flags)
      .filter(([, { hidden }]) => !hidden)
      .flatMap(([name, flag]) => {
        const value = flag.type === 'option' ? ` ${flag.options?.join('|') ?? flag.helpValue ?? 'VALUE'}` : ''
        return ['.TP', `.B ${roff(`--${name}${String(value)}`)}`, roff(flag.summary ?? '')]
      }),
    ...(examples ?? []).flatMap((example) => [
      '.PP',
      '.nf',
      roff(String(example).replaceAll('<%= config.bin %>', bin)),
      '.fi',
    ]),
  ]
}

const paragraphs = (texts: readonly string[]): string[] =>
  texts.filter(Boolean).flatMap((text, index) => [...(index > 0 ? ['.PP'] : []), roff(text)])

/** What begins a request, or is a character of its own to roff, is text. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replace(/^(?=[.'])/gm, '\\&')
