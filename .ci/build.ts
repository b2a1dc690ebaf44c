/** Builds dist/: one bundle with its compiled code beside it, the rules as data, and oclif's manifest. Run by `npm run build`. */
import { Plugin } from '@oclif/core'
import { build, type Plugin as EsbuildPlugin } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'
import { commands } from '../src/commands/index.ts'
import { Linter } from '../src/engine/conditions.ts'
import { readCoverage } from '../src/engine/declined.ts'
import { readRules } from '../src/engine/library.ts'
import { apart } from '../src/engine/shipped.ts'
import { signaturesOf } from '../src/engine/scan-logs.ts'
import { factSets } from '../src/facts/index.ts'
import { packAutomaton } from '../src/signatures/automaton-file.ts'

/**
 * oclif asks at every start whether it runs under WSL, by a path below /proc/sys/fs/binfmt_misc. That is an automount on systemd
 * hosts: looking there loads a module and mounts a file system on the patient.
 */
const noWsl: EsbuildPlugin = {
  name: 'no-wsl',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^wsl-utils$/ }, () => ({ path: 'wsl-utils', namespace: 'no-wsl' }))
    onLoad({ filter: /.*/, namespace: 'no-wsl' }, () => ({ contents: 'export const isWsl = false' }))
  },
}

/** oclif sorts its commands with localeCompare, and so loads the alphabets of the world at every start: see engine/report.ts. */
const plainSort: EsbuildPlugin = {
  name: 'plain-sort',
  setup({ onLoad }) {
    onLoad({ filter: /@oclif\/core\/lib\/config\/plugin\.js$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8')
      const sorted = code.replace('a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)')
      if (sorted === code) throw new Error(`${path} sorts in another way now`)
      return { contents: sorted, loader: 'js' }
    })
  },
}

/** Libraries that a check does not need: each in a file of its own, since a third less code starts a twentieth faster. */
const RARE = [
  ...['zod', 'yaml', '@eslint-community/regexpp', 'xz-decompress', 'fzstd', 'modern-tar', 'cli-table3'],
  ...['ora', 'execa'],
]
const fileOf = (library: string): string => `${library.replace(/^.*\//, '')}.cjs`
const rareApart: EsbuildPlugin = {
  name: 'rare-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) =>
      RARE.includes(path) && kind !== 'entry-point' ? { path: `./rare/${fileOf(path)}`, external: true } : undefined,
    )
  },
}

rmSync('oclif.manifest.json', { force: true })
rmSync('dist', { recursive: true, force: true })
mkdirSync('dist')
const rules = readRules('rules', new Linter(factSets))
const { conditions, texts } = apart(rules)
writeFileSync('dist/rules.json', JSON.stringify(conditions))
writeFileSync('dist/texts.jsonl', texts.map((one) => JSON.stringify(one)).join('\n'))
writeFileSync('dist/coverage.json', JSON.stringify(readCoverage('rules')))
cpSync('src/hosts/shell', 'dist/shell', { recursive: true })
const { automaton } = signaturesOf(rules)
writeFileSync('dist/signatures.bin', packAutomaton(automaton))
const { parseWat } = await wabt()
const scan = parseWat('scan.wat', readFileSync('src/signatures/scan.wat', 'utf8'), { simd: false })
writeFileSync('dist/scan.wasm', scan.toBinary({}).buffer)
const shape = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  // What is not in the bundle is required: compiled code that is kept cannot import.
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  logLevel: 'warning',
} as const
for (const library of RARE) await build({ ...shape, entryPoints: [library], outfile: `dist/rare/${fileOf(library)}` })
await build({
  ...shape,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/cli.cjs',
  // oclif would drag the compiler in for its development mode; serialport is loaded by the file that needs it.
  external: ['typescript', 'ts-node', 'serialport'],
  plugins: [noWsl, plainSort, rareApart],
  // Files beside the source stand beside the bundle.
  define: { 'import.meta.dirname': '__dirname' },
})

// bin/load.cjs reads it as ASCII, which needs no decoding. What esbuild leaves are characters in regular expressions.
const code = readFileSync('dist/cli.cjs', 'utf8')
const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
writeFileSync('dist/cli.cjs', code.replace(/[^\u0000-\u007f]/g, escaped))

// oclif reads the manifest in place of the commands themselves.
const plugin = new Plugin({ root: process.cwd(), type: 'core', ignoreManifest: true, errorOnManifestCreate: true })
Object.assign(plugin, { commandCache: commands })
await plugin.load()
writeFileSync('oclif.manifest.json', JSON.stringify(plugin.manifest))

// A check of a recorded machine and a look at this one, so that what both compile is in the kept code.
const warmUp = `
  const { exports: cli, script, cache } = require('./bin/installed.cjs')
  process.argv.splice(1, 0, 'vdoctor')
  const run = () => cli.main(process.cwd() + '/bin')
  run()
    .then(() => (process.argv = ['node', 'vdoctor', 'facts', 'platform'], run()))
    .then(() => require('node:fs').writeFileSync(cache, script.createCachedData()))
`
execFileSync(process.execPath, ['-e', warmUp, 'check', '--from', 'fixtures/hosts/xen-dom0', '--fail-on', 'never'], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
