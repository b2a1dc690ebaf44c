/**
 * `npm run pack`: vdoctor and this Node as one file, dist/pack/vdoctor, for machines without Node; with its manual page and completions
 * beside it. It needs the C library that this Node needs (`getconf GNU_LIBC_VERSION` tells it).
 */
import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const OUT = 'dist/pack'
const NAME = `${OUT}/vdoctor`
/** Where Node looks for what was put into it. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT)
await build({
  entryPoints: ['bin/single.cjs'],
  outfile: `${OUT}/single.cjs`,
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
})
const files = ['cli.cjs', 'cli.cjs.cache', 'rules.json', 'texts.jsonl', 'coverage.json', 'signatures.bin', 'scan.wasm']
const folders = ['rare', 'shell'].flatMap((folder) => readdirSync(`dist/${folder}`).map((name) => `${folder}/${name}`))
const assets = Object.fromEntries([...files, ...folders].map((name) => [name, `dist/${name}`]))
const config = {
  main: `${OUT}/single.cjs`,
  output: `${OUT}/blob`,
  disableExperimentalSEAWarning: true,
  assets: { ...assets, 'package.json': 'package.json', 'oclif.manifest.json': 'oclif.manifest.json' },
}
writeFileSync(`${OUT}/config.json`, JSON.stringify(config))
execFileSync(process.execPath, ['--experimental-sea-config', `${OUT}/config.json`], {
  stdio: ['ignore', 'ignore', 'inherit'],
})

copyFileSync(process.execPath, NAME)
chmodSync(NAME, 0o755)
try {
  execFileSync('strip', [NAME], { stdio: 'ignore' })
} catch {
  console.log('strip is not installed: the executable keeps its symbols, 12 MB')
}
const { inject } = createRequire(import.meta.url)('postject') as {
  inject: (file: string, resource: string, data: Buffer, options: { sentinelFuse: string }) => Promise<void>
}

await inject(NAME, 'NODE_SEA_BLOB', readFileSync(`${OUT}/blob`), { sentinelFuse: FUSE })
const written = {
  'vdoctor.1': ['manual'],
  'vdoctor.bash': ['completion', 'bash'],
  _vdoctor: ['completion', 'zsh'],
  'vdoctor.fish': ['completion', 'fish'],
}
for (const [name, args] of Object.entries(written)) writeFileSync(`${OUT}/${name}`, execFileSync(NAME, args))
for (const name of ['single.cjs', 'blob', 'config.json']) rmSync(`${OUT}/${name}`)
console.log(`${NAME}: ${(statSync(NAME).size / 1e6).toFixed(0)} MB`)
