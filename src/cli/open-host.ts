import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MANIFEST } from '../bundle/manifest.ts'
import type { Host } from '../types.ts'
import { UserError } from '../types.ts'

/** This machine, or what `--from` names: one that ssh reaches, a recorded one, or a bare folder with proc/, sys/ or etc/ in it. */
export async function openHost(from: string | undefined, options: { probe: boolean }): Promise<Host> {
  if (from === undefined) {
    const { LiveHost } = await import('../hosts/live.ts')
    return new LiveHost(options)
  }
  if (from.startsWith('ssh:')) {
    const { SshHost } = await import('../hosts/ssh.ts')
    return new SshHost(from, options)
  }
  if (!isFolder(from))
    throw new UserError(
      `${from} is no folder that can be read`,
      '--from takes a folder that "vdoctor bundle --unpacked" or the collector wrote, or one with proc/, sys/ or etc/ in it.',
    )
  if (existsSync(join(from, MANIFEST))) {
    const { BundleHost } = await import('../hosts/bundle.ts')
    return new BundleHost(from)
  }
  if (!['proc', 'sys', 'etc'].some((name) => isFolder(join(from, name)))) {
    throw new UserError(`${from} holds neither ${MANIFEST} nor proc/, sys/ or etc/`, 'It is no recording of a machine.')
  }
  const { TreeHost } = await import('../hosts/tree.ts')
  return new TreeHost(from)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
