import type { Answer, Data } from '../types.ts'

/** How an item of two bundles differs. */
export type Difference =
  | { readonly key: string; readonly how: 'added' }
  | { readonly key: string; readonly how: 'gone' }
  /** `ok` where it was answered; otherwise the gap. */
  | { readonly key: string; readonly how: 'outcome'; readonly before: string; readonly after: string }
  | { readonly key: string; readonly how: 'changed'; readonly lines: readonly string[] | null }

/** Longer ones are only said to differ. */
const MOST_LINES = 400
const MOST_CHANGES = 40

/** In the order of the first bundle; what only the second has comes last. */
export function diffAnswers(before: readonly Answer[], after: readonly Answer[]): Difference[] {
  const now = new Map(after.map((answer) => [answer.key, answer]))
  const then = new Set(before.map(({ key }) => key))
  return [
    ...before.flatMap((answer): Difference[] => {
      const other = now.get(answer.key)
      return other ? compare(answer, other) : [{ key: answer.key, how: 'gone' }]
    }),
    ...after.filter(({ key }) => !then.has(key)).map(({ key }): Difference => ({ key, how: 'added' })),
  ]
}

function compare(a: Answer, b: Answer): Difference[] {
  const { key } = a
  const [before, after] = [a.ok ? 'ok' : a.gap, b.ok ? 'ok' : b.gap]
  if (before !== after) return [{ key, how: 'outcome', before, after }]
  if (!a.ok || !b.ok) return []
  const [old, fresh] = [textOf(a.data), textOf(b.data)]
  return old === fresh ? [] : [{ key, how: 'changed', lines: diffLines(old.split('\n'), fresh.split('\n')) }]
}

function textOf(data: Data): string {
  switch (data.kind) {
    case 'file':
      return data.text
    case 'command':
      return `${data.stdout}${data.stderr}${data.exit === 0 ? '' : `exit ${data.exit}`}`
    case 'link':
      return data.target
    case 'list':
      return data.names.join('\n')
    case 'expands':
      return data.values.join('\n')
    case 'stat':
      return `${data.stat.type} ${data.stat.mode.toString(8)} ${data.stat.uid}:${data.stat.gid} ${data.stat.size ?? ''}`
  }
}

/** `- gone`, `+ new`; null where it would be long. The longest common sequence of lines stays. */
export function diffLines(a: readonly string[], b: readonly string[]): string[] | null {
  if (a.length > MOST_LINES || b.length > MOST_LINES) return null
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!)
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1]
    else if (j === b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) lines.push(`- ${a[i++]!}`)
    else lines.push(`+ ${b[j++]!}`)
  }
  return lines.length > MOST_CHANGES ? null : lines
}
