import { isAlias, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { UserError } from '../types.ts'
import { nearest } from './nearest.ts'

/** A YAML text with the line (from 1) of every path in it. */
export interface StrictYaml {
  readonly value: unknown
  lineOf(path: readonly PropertyKey[]): number
}

const TAG_HINT = 'A condition that starts with "!" must stand in a block: "when: >-".'

/**
 * YAML with its surprises taken out: scalars stay strings (34.10 is a section, not a number), anchors, aliases and tags are
 * errors, and so is all that the parser would only warn of. Throws a UserError with file and line.
 */
export function parseYamlStrict(text: string, name: string): StrictYaml {
  const counter = new LineCounter()
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: counter, prettyErrors: false })
  const problem = document.errors[0] ?? document.warnings[0]
  const lineAt = (offset: number): number => counter.linePos(offset).line
  if (problem) {
    const line = lineAt(problem.pos[0])
    const hint = /: *!/.test(text.split('\n')[line - 1] ?? '') ? TAG_HINT : undefined
    throw new UserError(`${name}:${line}: ${problem.message}`, hint)
  }
  visit(document, {
    Node(_key, node) {
      const at = `${name}:${lineAt(node.range?.[0] ?? 0)}`
      if (isAlias(node) || node.anchor) throw new UserError(`${at}: anchors and aliases are not allowed here`)
      if (node.tag && !node.tag.startsWith('tag:yaml.org,2002:')) {
        throw new UserError(`${at}: the YAML tag ${node.tag} is not allowed here`, TAG_HINT)
      }
      if (isScalar(node) && node.value === null) node.value = ''
    },
  })
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return lineAt(node.range[0])
    }
    return 1
  }
  return { value: document.toJS(), lineOf }
}

/** Checks a strict YAML value against a schema; the first thing that is wrong is a UserError with file, line and the nearest valid name. */
export function checkYaml<T>(yaml: StrictYaml, schema: z.ZodType<T>, name: string): T {
  const result = schema.safeParse(yaml.value)
  if (result.success) return result.data
  const { issues } = result.error
  // A misspelt key shows as two issues, of which this one helps.
  const issue = deepest(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!)
  const at = `${name}:${yaml.lineOf(issue.path)}`
  const field = issue.path.filter((part) => typeof part === 'string').join('.')
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!
    const meant = nearest(key, keysOf(schema))
    throw new UserError(
      `${at}: unknown key "${key}"${field ? ` in ${field}` : ''}${meant ? `; did you mean "${meant}"?` : ''}`,
    )
  }
  throw new UserError(`${at}: ${field || 'the file'}: ${issue.message}`)
}

type Issue = z.core.$ZodIssue & { path: PropertyKey[] }

/** Of a union's branches, what the one that came nearest has to say. */
function deepest(issue: z.core.$ZodIssue, path: PropertyKey[] = []): Issue {
  const here = [...path, ...issue.path]
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { ...issue, path: here }
  const branch = [...issue.errors].sort((a, b) => a.length - b.length)[0]
  return branch?.[0] ? deepest(branch[0], here) : { ...issue, path: here }
}

function keysOf(schema: unknown, found = new Set<string>(), depth = 0): Set<string> {
  const shape = (schema as { shape?: Record<string, unknown> }).shape
  if (shape && depth < 4)
    for (const [key, inner] of Object.entries(shape)) {
      found.add(key)
      keysOf(inner, found, depth + 1)
    }
  const def = (schema as { def?: { innerType?: unknown; element?: unknown; options?: unknown[] } }).def
  for (const inner of [def?.innerType, def?.element, ...(def?.options ?? [])])
    if (inner && depth < 6) keysOf(inner, found, depth + 1)
  return found
}
