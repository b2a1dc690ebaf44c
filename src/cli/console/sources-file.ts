import { z } from 'zod'
import { readText } from '../../engine/library.ts'
import { checkYaml, parseYamlStrict } from '../../parse/yaml-strict.ts'
import { commandSource } from '../../serial/sources/command.ts'
import { fileSource } from '../../serial/sources/file.ts'
import { portSource, USUAL_LINE } from '../../serial/sources/port.ts'
import { socketSource } from '../../serial/sources/socket.ts'
import { terminalSource } from '../../serial/sources/terminal.ts'
import type { Trigger } from '../../serial/capture/trigger.ts'
import type { Named } from './sources.ts'

const number = z.coerce.number<string>().int().positive()
const yes = z.enum(['true', 'false']).transform((word) => word === 'true')
const sourceSchema = z.union([
  z.strictObject({
    port: z.string(),
    baud: number.default(USUAL_LINE.baud),
    'data-bits': z.enum(['7', '8']).default('8'),
    parity: z.enum(['none', 'even', 'odd']).default('none'),
    'stop-bits': z.enum(['1', '2']).default('1'),
    flow: z.enum(['none', 'hardware', 'software']).default('none'),
  }),
  z.strictObject({ tty: z.string() }),
  z.strictObject({ socket: z.string() }),
  z.strictObject({ telnet: z.string() }),
  z.strictObject({ file: z.string(), 'from-start': yes.default(false) }),
  z.strictObject({ command: z.array(z.string()).min(1), terminal: yes.optional() }),
])
const schema = z.strictObject({
  sources: z.record(z.string().regex(/^\w[\w.-]*$/, 'a name has letters, digits, ".", "_" and "-"'), sourceSchema),
  'on-match': z.array(z.strictObject({ rule: z.string(), run: z.array(z.string()).min(1) })).default([]),
})

/** Reads a file of sources; a UserError names file and line of what is wrong in it. */
export function readSources(file: string): { sources: Named[]; triggers: Trigger[] } {
  const yaml = checkYaml(parseYamlStrict(readText(file), file), schema, file)
  return {
    sources: Object.entries(yaml.sources).map(([name, source]) => sourceOf(name, source)),
    triggers: yaml['on-match'].map(({ rule, run }) => ({ rule, argv: run })),
  }
}

function sourceOf(name: string, source: z.infer<typeof sourceSchema>): Named {
  if ('tty' in source) return { source: terminalSource(name, source.tty) }
  if ('socket' in source) return { source: socketSource(name, source.socket, false) }
  if ('telnet' in source) return { source: socketSource(name, source.telnet, true) }
  if ('file' in source) return { source: fileSource(name, source.file, source['from-start']) }
  if ('command' in source) return { source: commandSource(name, source.command, source.terminal) }
  const { port, baud, parity, flow } = source
  const line = {
    baud,
    parity,
    flow,
    dataBits: Number(source['data-bits']) as 7 | 8,
    stopBits: Number(source['stop-bits']) as 1 | 2,
  }
  return { source: portSource(name, port, line), port }
}
