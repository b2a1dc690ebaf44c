import { plain } from '../reporters/plain.ts'
import type { Host } from '../types.ts'

/** This machine, or what `--from` names: one that ssh reaches, or a recorded one, in a folder or an archive, of whatever made it. */
export async function openHost(from: string | undefined, options: { probe: boolean }): Promise<Host> {
  if (from === undefined) {
    const { LiveHost } = await import('../hosts/live.ts')
    return new LiveHost(options)
  }
  if (from.startsWith('ssh:')) {
    const { SshHost } = await import('../hosts/ssh/host.ts')
    return new SshHost(from, { ...options, onBreak: tell })
  }
  const { openRecording } = await import('../hosts/recording.ts')
  const { everyAsk } = await import('../engine/asks.ts')
  const { host, notes } = await openRecording(from, everyAsk)
  notes.forEach(tell)
  return host
}

const tell = (note: string): void => void process.stderr.write(`vdoctor: ${plain(note)}\n`)
