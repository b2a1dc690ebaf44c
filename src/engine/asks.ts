import { factSets } from '../facts/index.ts'
import { logAsks } from '../signatures/sources.ts'
import type { Ask } from '../types.ts'

/** The one list of what is read on a machine: for facts, and for the messages in its logs. */
export const everyAsk: readonly Ask[] = [...factSets.flatMap(({ asks }) => asks), ...logAsks]
