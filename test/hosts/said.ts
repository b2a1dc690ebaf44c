import type { Ask, Host } from '../../src/types.ts'

/** What one ask is answered with, short. */
export async function said(host: Host, ask: Ask): Promise<string> {
  const [answer] = await host.answer([ask])
  if (!answer!.ok) return answer!.gap
  const { data } = answer!
  if (data.kind === 'file') return data.truncated ? `…${data.text}` : data.text
  if (data.kind === 'command') return data.stdout
  return data.kind === 'list' ? data.names.join(' ') : data.kind === 'link' ? data.target : JSON.stringify(data)
}

export const UNAME = 'Linux web1 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01) x86_64 GNU/Linux\n'
