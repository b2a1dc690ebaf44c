/** One part of a text file of supportconfig. */
export interface Section {
  readonly kind: 'command' | 'file' | 'log'
  /** The command, its program without a folder; or the path. */
  readonly name: string
  /** null: it was looked for and is not there, or could not be read. */
  readonly text: string | null
  /** `tail`: the end of a log. `missing`: no such file. `whole`: all of it; of configuration files without comments. */
  readonly state: 'whole' | 'tail' | 'missing' | 'unreadable'
}

const KINDS: Readonly<Record<string, Section['kind']>> = {
  Command: 'command',
  'Configuration File': 'file',
  'Log File': 'log',
}
/** Commands with all that they are piped into. */
const LONGEST_TITLE = 1000
const HEAD = /^#==\[ ([A-Z][A-Za-z ]*) \]=+#?[ \t]*$/gm
const UNREADABLE = /^ERROR: (Command not found|Not a normal text file)|^# ERROR: Command did not complete/m

/**
 *     #==[ Command ]======================================#
 *     # /bin/uname -a
 *     Linux web1 6.4.0-150600.23.25-default #1 SMP PREEMPT_DYNAMIC … x86_64 x86_64 x86_64 GNU/Linux
 *
 *     #==[ Log File ]=====================================#
 *     # /var/log/messages - Last 500 Lines
 */
export function parseSections(text: string): Section[] {
  const heads = [...text.matchAll(HEAD)]
  return heads.flatMap((head, index): Section[] => {
    const kind = KINDS[head[1]!]
    const body = text.slice(head.index! + head[0].length + 1, heads[index + 1]?.index ?? text.length)
    const end = body.indexOf('\n')
    const title = /^# (.*?)( - File not found| - Last \d+ Lines)?\s*$/.exec(
      body.slice(0, end < 0 ? LONGEST_TITLE : Math.min(end, LONGEST_TITLE)),
    )
    if (kind === undefined || !title) return []
    const name = kind === 'command' ? title[1]!.replace(/^\/\S*\//, '') : title[1]!
    if (title[2] === ' - File not found') return [{ kind, name, text: null, state: 'missing' }]
    const contents = end < 0 ? '' : body.slice(end + 1).trimEnd()
    if (UNREADABLE.test(contents)) return [{ kind, name, text: null, state: 'unreadable' }]
    const state = title[2] === undefined ? 'whole' : 'tail'
    return [{ kind, name, text: contents === '' ? '' : `${contents}\n`, state }]
  })
}
