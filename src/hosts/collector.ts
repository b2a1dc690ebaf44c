import type { Ask } from '../types.ts'
export function collectorScript(_asks: readonly Ask[], _version: string): string {
  throw new Error('soon')
}
