/** An S-expression as xend writes it: a word, or a list. The line (from 1) is the one on which it begins. */
export interface Sxp {
  /** The word; null for a list. */
  readonly word: string | null
  readonly items: readonly Sxp[]
  readonly line: number
}

const DEEPEST = 64

/** `(domain (domid 3) (name web1) (image (linux (kernel /boot/vmlinuz))))`. Throws where brackets do not match. */
export function parseSxp(text: string): Sxp {
  const [first] = parseSxps(text)
  if (!first) throw new Error('no S-expression')
  return first
}

/** As `parseSxp`, for a file of many: `(xend-port 8000)`, one a line. */
export function parseSxps(text: string): readonly Sxp[] {
  const tokens = text.matchAll(/#[^\n]*|\n|[()]|'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|[^\s()'"]+/g)
  const open: { items: Sxp[]; line: number }[] = [{ items: [], line: 1 }]
  let line = 1
  for (const [token] of tokens) {
    if (token === '(') {
      if (open.length > DEEPEST) throw new Error('nested too deeply')
      open.push({ items: [], line })
    } else if (token === ')') {
      const { items, line: from } = open.pop()!
      if (open.length === 0) throw new Error(`line ${line}: ")" without "("`)
      open.at(-1)!.items.push({ word: null, items, line: from })
    } else if (!token.startsWith('#') && token !== '\n') {
      open.at(-1)!.items.push({ word: unquote(token), items: [], line })
    }
    line += token.split('\n').length - 1
  }
  if (open.length > 1) throw new Error(`line ${open.at(-1)!.line}: "(" is not closed`)
  return open[0]!.items
}

const unquote = (token: string): string => (/^['"]/.test(token) ? token.slice(1, -1).replace(/\\([^])/g, '$1') : token)

/** Lists that begin with this word: `sxpAll(domain, 'device')`. */
export const sxpAll = (list: Sxp | undefined, name: string): Sxp[] =>
  list?.items.filter(({ items }) => items[0]?.word === name) ?? []

/** The word after a name: `(name web1)` → web1; "" where there is none. */
export const sxpWord = (list: Sxp | undefined, name: string): string => sxpAll(list, name)[0]?.items[1]?.word ?? ''
