import type { Unknown } from '../types.ts'

/** The type, unit and meaning of a fact at run time: for CEL's type check, `vdoctor facts --describe` and the rule authors. */
export type Schema =
  | {
      readonly type: 'string' | 'number' | 'bool'
      readonly meaning: string
      readonly unit?: string
      readonly nullable?: true
    }
  | { readonly type: 'list' | 'map'; readonly meaning: string; readonly of: Schema }
  | { readonly type: 'object'; readonly meaning: string; readonly fields: Fields }

export type Fields = Readonly<Record<string, Schema>>

type Scalar = { string: string; number: number; bool: boolean }

/** The value that a schema describes. Every nested field or item may be a gap. */
export type Infer<S> = S extends { type: 'list'; of: infer I }
  ? readonly (Infer<I> | Unknown)[]
  : S extends { type: 'map'; of: infer I }
    ? Readonly<Record<string, Infer<I> | Unknown>>
    : S extends { type: 'object'; fields: infer F }
      ? { readonly [K in keyof F]: Infer<F[K]> | Unknown }
      : S extends { type: infer T extends keyof Scalar; nullable: true }
        ? Scalar[T] | null
        : S extends { type: infer T extends keyof Scalar }
          ? Scalar[T]
          : never

export const string = (meaning: string) => ({ type: 'string', meaning }) as const
export const bool = (meaning: string) => ({ type: 'bool', meaning }) as const
/** Units: "bytes", "s", "MHz", "count" … */
export const number = (unit: string, meaning: string) => ({ type: 'number', unit, meaning }) as const
export const listOf = <const S extends Schema>(of: S, meaning: string) => ({ type: 'list', of, meaning }) as const
/** Keys are only known at run time: ask `"key" in map` before `map["key"]`. */
export const mapOf = <const S extends Schema>(of: S, meaning: string) => ({ type: 'map', of, meaning }) as const
export const object = <const F extends Fields>(fields: F, meaning: string) =>
  ({ type: 'object', fields, meaning }) as const
/** Null is a value: it is known that there is none. */
export const nullable = <const S extends { type: 'string' | 'number' | 'bool' }>(schema: S) =>
  ({ ...schema, nullable: true }) as S & { readonly nullable: true }

export const strings = (meaning: string) => listOf(string(''), meaning)
