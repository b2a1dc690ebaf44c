import type { Guest, GuestCpu } from '../../parse/guest/guest.ts'
import type { Unknown } from '../../types.ts'
import type { CpuSource, HostCpu } from './host-cpu.ts'

/** What rules see; `pairCpuSchema` says what each field means. */
export interface PairCpu {
  readonly source: CpuSource
  readonly relation: string
  readonly missing: readonly string[]
  readonly refused: readonly string[]
  readonly lost: readonly string[]
  readonly unwanted: readonly string[]
  readonly leaves: readonly string[]
  readonly modelKnown: boolean | Unknown
  readonly followsHost: boolean
}

/** A guest between two hosts, and what each can give it. */
export interface Sides {
  readonly guest: Guest
  readonly cpu: GuestCpu
  readonly live: boolean
  readonly by: CpuSource
  readonly from: HostCpu
  readonly to: HostCpu
}

export type Found = Omit<PairCpu, 'source' | 'relation'>

/** Nothing is missing. */
export const NOTHING: Found = {
  ...{ missing: [], refused: [], lost: [], unwanted: [], leaves: [], modelKnown: true, followsHost: false },
}
