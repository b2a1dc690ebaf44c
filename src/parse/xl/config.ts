/** A value of an xl or xm configuration. `word` is bare text that is neither a number nor quoted. */
export type XlValue = { readonly line: number } & (
  | { readonly kind: 'string' | 'number' | 'word'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly XlValue[] }
)

export interface XlError {
  readonly line: number
  readonly message: string
  /** Python that xm runs and that xl does not know. */
  readonly python: boolean
}

export interface XlConfig {
  /** The last value of each key; `+=` adds to it. */
  readonly settings: ReadonlyMap<string, XlValue>
  readonly errors: readonly XlError[]
}

interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'newline' | 'bad'
  readonly text: string
  readonly line: number
}

const TOKEN =
  /(?<blank>[ \t\r\f]+|#[^\n]*|\\\r?\n)|(?<newline>\n|;)|(?<string>'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")|(?<number>[-+]?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.]))|(?<name>[A-Za-z_]\w*)|(?<sign>\+=|==|[=[\],])|(?<bad>[^])/gy

/** Names in xl.conf have parts: `vif.default.bridge`. */
const DOTTED = new RegExp(TOKEN.source.replace('[A-Za-z_]\\w*', '[A-Za-z_][\\w.]*'), 'gy')

function tokens(text: string, pattern: RegExp): Token[] {
  const found: Token[] = []
  let line = 1
  for (const match of text.matchAll(pattern)) {
    const [kind, token] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!
    if (kind !== 'blank') found.push({ kind: kind as Token['kind'], text: token, line })
    line += token.split('\n').length - 1
  }
  return found
}

const PYTHON = /^(import|from|def|if|elif|else|for|while|print|try|except|return|class|with|pass)$/

/** `vif = [ 'bridge=xenbr0' ]`, one setting a line; lists go over lines. A statement that cannot be read is an error, and the rest goes on. */
export function parseXlConfig(text: string, kind: 'guest' | 'xl.conf' = 'guest'): XlConfig {
  const reader = new Reader(tokens(text.replace(/^\uFEFF/, ''), kind === 'guest' ? TOKEN : DOTTED))
  const settings = new Map<string, XlValue>()
  const errors: XlError[] = []
  while (!reader.ended) {
    if (reader.take('newline')) continue
    const from = reader.at
    try {
      const [key, operator, value] = reader.statement()
      const before = settings.get(key)
      const bare = wordIn(value)
      if (bare) {
        const python = PYTHON_VALUE.test(bare.text) || settings.has(bare.text)
        errors.push({ line: bare.line, message: `the value of ${key} is neither quoted nor a number`, python })
      }
      settings.set(key, operator === '+=' && before ? join(before, value) : value)
    } catch (error) {
      const rest = reader.skipLine(from)
      errors.push({ line: rest[0]?.line ?? 1, message: (error as Error).message, python: isPython(rest) })
    }
  }
  return { settings, errors }
}

const PYTHON_VALUE = /^(True|False|None)$/

/** Text without quotes, at any depth. */
function wordIn(value: XlValue): { text: string; line: number } | undefined {
  if (value.kind !== 'list') return value.kind === 'word' ? value : undefined
  for (const item of value.items) {
    const found = wordIn(item)
    if (found) return found
  }
  return undefined
}

/** `import os`, `if arch == 'x':`, `kernel = dir + "/vmlinuz"`, `disk = [ 'phy:%s' % name ]` */
function isPython(line: readonly Token[]): boolean {
  const words = line.filter(({ kind }) => kind !== 'newline')
  if (PYTHON.test(words[0]?.text ?? '')) return true
  return words.some(({ kind, text }) => kind === 'bad' && /[%+().:{}]/.test(text))
}

function join(before: XlValue, added: XlValue): XlValue {
  const items = (value: XlValue): readonly XlValue[] => (value.kind === 'list' ? value.items : [value])
  if (before.kind === 'list') return { ...before, items: [...before.items, ...items(added)] }
  return added.kind === 'list' ? added : { ...before, text: before.text + added.text }
}

class Reader {
  at = 0
  readonly #tokens: readonly Token[]

  constructor(found: readonly Token[]) {
    this.#tokens = found
  }

  get ended(): boolean {
    return this.at >= this.#tokens.length
  }

  take(kind: Token['kind'], text?: string): Token | null {
    const token = this.#tokens[this.at]
    if (token?.kind !== kind || (text !== undefined && token.text !== text)) return null
    this.at++
    return token
  }

  /** `name = value` up to the end of the line. */
  statement(): [string, string, XlValue] {
    const name = this.take('name')
    if (!name) throw new Error(`a setting cannot begin with ${this.#next()}`)
    const operator = this.take('sign', '=') ?? this.take('sign', '+=')
    if (!operator) throw new Error(`"=" is missing after ${name.text}`)
    const value = this.#value()
    if (!this.ended && !this.take('newline')) throw new Error(`${this.#next()} follows the value of ${name.text}`)
    return [name.text, operator.text, value]
  }

  /** The tokens of a statement that could not be read; goes on behind its last line. */
  skipLine(from: number): Token[] {
    let end = Math.max(this.at, from + 1)
    while (end < this.#tokens.length && this.#tokens[end - 1]!.kind !== 'newline') end++
    this.at = end
    return this.#tokens.slice(from, end)
  }

  #next(): string {
    const token = this.#tokens[this.at]
    if (!token) return 'the end of the file'
    if (/^['"]$/.test(token.text)) return 'a quote that is not closed'
    if (token.kind === 'string') return 'quoted text'
    return token.kind === 'newline' ? 'the end of the line' : JSON.stringify(token.text)
  }

  #value(): XlValue {
    const open = this.take('sign', '[')
    if (open) return { kind: 'list', items: this.#items(), line: open.line }
    const token = this.take('string') ?? this.take('number') ?? this.take('name')
    if (!token) throw new Error(`a value cannot begin with ${this.#next()}`)
    if (token.kind === 'string') return { kind: 'string', text: unquote(token.text), line: token.line }
    return { kind: token.kind === 'number' ? 'number' : 'word', text: token.text, line: token.line }
  }

  #items(): XlValue[] {
    const items: XlValue[] = []
    for (;;) {
      while (this.take('newline'));
      if (this.take('sign', ']')) return items
      if (this.ended) throw new Error('"[" is not closed')
      items.push(this.#value())
      while (this.take('newline'));
      if (!this.take('sign', ',') && this.#tokens[this.at]?.text !== ']')
        throw new Error(`a comma is missing before ${this.#next()}`)
    }
  }
}

const unquote = (text: string): string => text.slice(1, -1).replace(/\\([^])/g, '$1')
