import type { AllFacts } from './facts-of.ts'

/** Makes something of two hosts once, however many guests are judged between them. */
export function onceForBoth<T>(
  make: (source: AllFacts, target: AllFacts) => T,
): (source: AllFacts, target: AllFacts) => T {
  const made = new WeakMap<AllFacts, WeakMap<AllFacts, { readonly value: T }>>()
  return (source, target) => {
    let ofSource = made.get(source)
    if (!ofSource) made.set(source, (ofSource = new WeakMap()))
    let own = ofSource.get(target)
    if (!own) ofSource.set(target, (own = { value: make(source, target) }))
    return own.value
  }
}
