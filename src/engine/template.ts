import { GapError } from './view.ts'

/** A text with `{CEL}` in it, cut into literal pieces and expressions with their place in the text. */
export type Piece = { readonly text: string } | { readonly expression: string; readonly start: number }

/** `{{` is a brace. Throws where a brace is left open. */
export function pieces(template: string): Piece[] {
  const found: Piece[] = []
  let text = ''
  let at = 0
  while (at < template.length) {
    if (template.startsWith('{{', at) || template.startsWith('}}', at)) {
      text += template[at]
      at += 2
    } else if (template[at] === '{') {
      const end = closing(template, at)
      if (text) found.push({ text })
      text = ''
      found.push({ expression: template.slice(at + 1, end), start: at + 1 })
      at = end + 1
    } else text += template[at++]
  }
  if (text) found.push({ text })
  return found
}

/** The brace that closes the one at `open`, past strings and nested braces. */
function closing(template: string, open: number): number {
  let depth = 0
  let quote = ''
  for (let at = open; at < template.length; at++) {
    const char = template[at]!
    if (quote) {
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at
  }
  throw new Error(`the brace at character ${open + 1} is not closed`)
}

/** How a value reads in a sentence: lists with commas, none as "none", a gap as "?". */
export function show(value: unknown): string {
  if (value === null) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : itemsOf(value).join(', ')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return String(Number(value.toFixed(2)))
  return String(value)
}

/** A list that was gathered in part ends with an item that throws when it is read. */
function itemsOf(list: readonly unknown[]): string[] {
  return Array.from({ length: list.length }, (_, index) => {
    try {
      return show(list[index])
    } catch (error) {
      if (error instanceof GapError) return '?'
      throw error
    }
  })
}
