/** One block of /proc/cpuinfo: `vendor_id : GenuineIntel`. */
export type Processor = Readonly<Record<string, string>>

/** Blocks are parted by empty lines; s390 and old ARM kernels put common lines into a block of their own. */
export function parseCpuinfo(text: string): Processor[] {
  const processors = text
    .split(/\n\s*\n/)
    .map((block) => {
      const fields: Record<string, string> = {}
      for (const line of block.split('\n')) {
        const at = line.indexOf(':')
        if (at > 0) fields[line.slice(0, at).trim()] = line.slice(at + 1).trim()
      }
      return fields
    })
    .filter((fields) => 'processor' in fields)
  if (processors.length === 0) throw new Error('no processor in /proc/cpuinfo')
  return processors
}

/** `flags` on x86, `Features` on ARM, `features` on Itanium and s390. */
export const flagsOf = (processor: Processor): string[] =>
  (processor['flags'] ?? processor['Features'] ?? processor['features'] ?? '').split(/\s+/).filter(Boolean)
