/** One setting of a libvirt daemon's configuration. */
export interface ConfSetting {
  readonly key: string
  /** Text of a string or number; the items of a list, joined by ", ". */
  readonly value: string
  readonly kind: 'string' | 'number' | 'list'
  readonly line: number
}

export interface LibvirtConf {
  readonly settings: readonly ConfSetting[]
  /** Where libvirt gives up on the whole file; null where it can read it. */
  readonly error: { readonly line: number; readonly message: string } | null
}

const BLANKS = /[ \t]*/y
const BLANKS_AND_LINES = /\s*/y
const BLANKS_AND_COMMENT = /\s*(?:#[^\r\n]*)?/y
const NAME = /[A-Za-z]\w*/y
const STRING = /"""([^]*?)"""|"([^"\r\n]*)"|'([^'\r\n]*)'/y
const NUMBER = /[-+]?\d+/y
const REST = /(#[^\r\n]*)?/y

/** `unix_sock_group = "libvirt"`, `listen_tcp = 1`, lists over several lines; comments start with #. libvirt stops at the first mistake. */
export function readLibvirtConf(text: string): LibvirtConf {
  const reader = new Reader(text)
  const settings: ConfSetting[] = []
  try {
    while (!reader.skipToStatement()) settings.push(reader.statement())
    return { settings, error: null }
  } catch (error) {
    return { settings, error: { line: reader.line, message: (error as Error).message } }
  }
}

/** By name. Of two libvirt takes the first. */
export function parseLibvirtConf(text: string): Map<string, ConfSetting> {
  const found = new Map<string, ConfSetting>()
  for (const one of readLibvirtConf(text).settings) if (!found.has(one.key)) found.set(one.key, one)
  return found
}

class Reader {
  #at = 0
  #counted = 0
  #line = 1
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Counts on from where it was asked last. */
  get line(): number {
    for (;;) {
      const newline = this.#text.indexOf('\n', this.#counted)
      if (newline < 0 || newline >= this.#at) return this.#line
      this.#counted = newline + 1
      this.#line++
    }
  }

  /** True at the end of the file. */
  skipToStatement(): boolean {
    while (this.#take(BLANKS_AND_COMMENT) !== '');
    return this.#at >= this.#text.length
  }

  statement(): ConfSetting {
    const { line } = this
    const key = this.#take(NAME)
    if (!key) throw new Error('no name stands where a setting should begin')
    this.#take(BLANKS)
    if (!this.#sign('=')) throw new Error(`"=" is missing after ${key}`)
    this.#take(BLANKS)
    const value = this.#value(key)
    this.#take(BLANKS)
    this.#take(REST)
    if (!this.#ended() && !this.#sign(';')) throw new Error(`something follows the value of ${key}`)
    return { key, ...value, line }
  }

  #value(key: string): Pick<ConfSetting, 'value' | 'kind'> {
    if (this.#sign('[')) return { value: this.#items(key).join(', '), kind: 'list' }
    const number = this.#take(NUMBER)
    if (number) return { value: number, kind: 'number' }
    const quoted = this.#match(STRING)
    if (quoted) return { value: quoted[1] ?? quoted[2] ?? quoted[3] ?? '', kind: 'string' }
    throw new Error(
      /["']/.test(this.#text[this.#at] ?? '')
        ? `the quote of ${key} is not closed on its line`
        : `the value of ${key} is neither quoted nor a number`,
    )
  }

  #items(key: string): string[] {
    const items: string[] = []
    for (;;) {
      this.#take(BLANKS_AND_LINES)
      if (this.#sign(']')) return items
      if (items.length > 0 && !this.#sign(',')) throw new Error(`a comma or "]" is missing in the list of ${key}`)
      this.#take(BLANKS_AND_LINES)
      if (this.#sign(']')) return items
      items.push(this.#value(key).value)
    }
  }

  #ended(): boolean {
    return this.#at >= this.#text.length || /[\r\n]/.test(this.#text[this.#at]!)
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match) this.#at = pattern.lastIndex
    return match
  }

  #take(pattern: RegExp): string {
    return this.#match(pattern)?.[0] ?? ''
  }

  #sign(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }
}
