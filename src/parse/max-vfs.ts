import { parseModprobe } from './modprobe.ts'

/** How many virtual functions the driver of a card is told to make. */
export interface VfRequest {
  readonly module: string
  /** The largest where each port has its own: `max_vfs=7,0`. */
  readonly asked: number
  readonly line: number
}

const largest = (values: string): number => Math.max(...values.split(',').map(Number))

/** `options igb max_vfs=7` of modprobe.d. */
export function vfOptions(text: string): VfRequest[] {
  return parseModprobe(text).flatMap(({ command, module, rest, line }) => {
    const value = /(?:^|\s)max_vfs=([\d,]*\d)(?:\s|$)/.exec(rest)?.[1]
    return command === 'options' && value !== undefined ? [{ module, asked: largest(value), line }] : []
  })
}

/** `igb.max_vfs=7` of the kernel command line. */
export const vfParameters = (text: string): VfRequest[] =>
  [...text.matchAll(/(?:^|\s)([\w-]+)\.max_vfs=([\d,]*\d)(?=\s|$)/g)].map(([, module, value]) => ({
    module: module!.replaceAll('-', '_'),
    asked: largest(value!),
    line: 1,
  }))
