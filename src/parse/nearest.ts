/** Edits (insert, delete, replace, swap of neighbours) between two words. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      let cost = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + same)
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) cost = Math.min(cost, before[column - 2]! + 1)
      next.push(cost)
    }
    before = last
    last = next
  }
  return last[b.length]!
}

/** The word that was probably meant, or null where none is near: a third of its letters, or `most` of them, may differ. */
export function nearest(word: string, candidates: Iterable<string>, most = Infinity): string | null {
  let best: string | null = null
  let least = Math.min(most, Math.max(1, Math.floor(word.length / 3))) + 1
  for (const candidate of candidates) {
    if (Math.abs(word.length - candidate.length) >= least) continue
    const edits = distance(word.toLowerCase(), candidate.toLowerCase())
    if (edits < least) [best, least] = [candidate, edits]
  }
  return best
}

/** `backen` → "backen= is unknown, backend= was probably meant" */
export function unknownOption(key: string, known: Iterable<string>): string {
  const meant = nearest(key, known)
  return `${key}= is unknown${meant ? `, ${meant}= was probably meant` : ''}`
}
