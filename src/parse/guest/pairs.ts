import { locate, placeOf } from '../../evidence/locate.ts'
import { isUnknown, unknown } from '../../evidence/result.ts'
import type { Unknown } from '../../types.ts'
import type { Guest } from './guest.ts'

/** Each of two guests as far as a clash between them is concerned. */
export interface Owner {
  readonly guest: Guest
  /** It runs, or is started with the host. */
  readonly active: boolean | Unknown
}

export interface Pair {
  readonly value: string
  readonly guest: string
  readonly other: string
  readonly configFile: string
  readonly otherFile: string
  readonly active: boolean | Unknown
}

export interface Claim extends Owner {
  readonly value: string
  /** What is compared; the value where it is not told. */
  readonly key?: string
  /** The item that makes the claim: its place is the pair's. */
  readonly item: object
}

const MOST = 200

/** True where either is, false where both are, else not known. */
export function either(a: boolean | Unknown, b: boolean | Unknown): boolean | Unknown {
  if (a === true || b === true) return true
  return isUnknown(a) ? a : b
}

export function both(a: boolean | Unknown, b: boolean | Unknown): boolean | Unknown {
  if (a === false || b === false) return false
  return isUnknown(a) ? a : b
}

/** Every two claims to the same value by guests that `clash`. Pairs, so that one definition more or less changes no other item. */
export function pairsOf(claims: readonly Claim[], clash: (a: Claim, b: Claim) => boolean): (Pair | Unknown)[] {
  const byValue = new Map<string, Claim[]>()
  for (const claim of claims) {
    if (claim.value === '') continue
    const same = byValue.get(claim.key ?? claim.value)
    if (same) same.push(claim)
    else byValue.set(claim.key ?? claim.value, [claim])
  }
  const found = new Map<string, Pair>()
  for (const same of byValue.values())
    for (const [index, one] of same.entries())
      for (const other of same.slice(index + 1)) {
        if (!clash(one, other)) continue
        const pair = pairOf(one, other)
        found.set([pair.value, pair.configFile, pair.guest, pair.otherFile, pair.other].join('\n'), pair)
        if (found.size > MOST) return [...found.values(), unknown('too-big', 'guests', `more than ${MOST} pairs`)]
      }
  return [...found.values()]
}

function pairOf(one: Claim, other: Claim): Pair {
  const pair: Pair = {
    value: one.value,
    guest: one.guest.name,
    other: other.guest.name,
    configFile: one.guest.configFile,
    otherFile: other.guest.configFile,
    active: both(one.active, other.active),
  }
  const place = placeOf(other.item)
  return locate(pair, placeOf(one.item), place ? { other: place } : {})
}

/** The same guest may be known from two files: its own, and the copy that a toolstack keeps. */
export const differentGuests = (a: Owner, b: Owner): boolean => a.guest.name !== b.guest.name
