import { execute, type Interfaces, Plugin } from '@oclif/core'
import { holdFiles, type ReadShipped } from './shipped-files.ts'

/** package.json, oclif's manifest, and the files of dist/. */
export type HeldFiles = [pjson: Interfaces.PJSON, manifest: Interfaces.Manifest, read: ReadShipped]

/** Runs a command of the single executable, where oclif finds no folder: it is handed what it would read there. */
export async function runSingle(commands: object, ...[pjson, manifest, read]: HeldFiles): Promise<unknown> {
  holdFiles(read)
  const { holdShell } = await import('../hosts/shell-script.ts')
  holdShell((name) => read(`shell/${name}`).toString('utf8'))
  const root = '/vdoctor'
  const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true })
  Object.assign(plugin, { commandCache: commands, _manifest: () => Promise.resolve(manifest) })
  await plugin.load()
  return execute({ loadOptions: { root, pjson, plugins: new Map([[plugin.name, plugin]]) } })
}
