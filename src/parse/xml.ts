import sax from 'sax'

/** One element of an XML text, with the line (from 1) on which its tag ends. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  /** Its own text, trimmed. */
  readonly text: string
  readonly line: number
}

interface Building {
  name: string
  attributes: Record<string, string>
  children: Building[]
  text: string
  line: number
}

const DEEPEST = 64

/** `<disk type='file'>…</disk>` → its tree. Throws on anything that is not well-formed. */
export function parseXml(text: string): Element {
  const parser = sax.parser(true)
  const open: Building[] = []
  let root: Building | undefined
  parser.onopentag = ({ name, attributes }) => {
    if (open.length >= DEEPEST) throw new Error('XML is nested too deeply')
    const element: Building = {
      name,
      attributes: attributes as Record<string, string>,
      children: [],
      text: '',
      line: parser.line + 1,
    }
    const parent = open.at(-1)
    if (parent) parent.children.push(element)
    else root ??= element
    open.push(element)
  }
  const addText = (part: string): void => {
    const element = open.at(-1)
    if (element) element.text += part
  }
  parser.ontext = addText
  parser.oncdata = addText
  parser.onclosetag = () => {
    const element = open.pop()
    if (element) element.text = element.text.trim()
  }
  parser.onerror = (error) => {
    throw new Error(`line ${parser.line + 1}: ${error.message.split('\n')[0]}`)
  }
  parser.write(text).close()
  if (!root) throw new Error('no XML element')
  return root
}

/** The first element at a path of names: `find(domain, 'os/type')`. */
export function find(element: Element | undefined, path: string): Element | undefined {
  let found = element
  for (const name of path.split('/')) found = found?.children.find((child) => child.name === name)
  return found
}

/** All elements at a path of names: `findAll(domain, 'devices/disk')`. */
export function findAll(element: Element, path: string): Element[] {
  let found = [element]
  for (const name of path.split('/')) found = found.flatMap(({ children }) => children.filter((c) => c.name === name))
  return found
}

export const textOf = (element: Element | undefined, path: string): string => find(element, path)?.text ?? ''

/** An attribute, or "" where there is none. */
export const attributeOf = (element: Element | undefined, path: string, attribute: string): string =>
  (path === '' ? element : find(element, path))?.attributes[attribute] ?? ''
