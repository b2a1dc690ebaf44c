/**
 * How fast a large sosreport is checked without being unpacked to a disk, as a ratio to `tar -xf` of the same file to one, and how much
 * memory that takes. Makes a sosreport of 200 MB itself: thousands of small files, and logs of which only the ends are of use. Medians of
 * three, in turn. `tsx .ci/bench-archive.ts [MIB] [xz|gzip|zstd]`; exits with 1 where a limit is passed.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MIB = 1 << 20
const [size = '200', packing = 'xz'] = process.argv.slice(2)
const RATIO = 2
const MEMORY_MIB = 300
const ROUNDS = 3
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env

const work = mkdtempSync(join(tmpdir(), 'bench-archive-'))
const top = join(work, 'sosreport-web1-2026-11-20-abcdefg')

const hash = (seed: string, index: number): string =>
  createHash('sha256').update(`${seed}${index}`).digest('hex').slice(0, 40)

/** Lines that pack as those of real logs do, to a quarter: most words repeat, and the numbers do not. */
function log(path: string, bytes: number): void {
  mkdirSync(join(path, '..'), { recursive: true })
  const fd = openSync(path, 'w')
  let written = 0
  for (let block = 0; written < bytes; block++) {
    let seed = createHash('sha256').update(`${path}${block}`).digest('hex')
    const lines = Array.from({ length: 2000 }, (_, index) => {
      if (index % 8 === 0) seed = createHash('sha256').update(seed).digest('hex')
      const part = seed.slice((index % 8) * 8, (index % 8) * 8 + 8)
      return `Nov 20 06:${String(index % 60).padStart(2, '0')}:00 web1 kernel: [${index}.${part}] device vif${index % 40}.0 entered promiscuous mode, cookie ${part}${hash(seed, index)}\n`
    }).join('')
    written += writeSync(fd, lines)
  }
  closeSync(fd)
}

function small(): void {
  const lines = (count: number, name: string): string =>
    Array.from({ length: count }, (_, index) => `${name}.${index} = ${index * 7919}\n`).join('')
  for (let folder = 0; folder < 60; folder++)
    for (let file = 0; file < 150; file++) {
      const path = join(top, 'sys/devices/virtual', `set${folder}`, `file${file}`)
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, lines(1 + (file % 40), `sys${folder}`))
    }
  const files = 'fixtures/hosts/kvm-host/files'
  for (const name of ['etc', 'proc', 'sys/module', 'sys/class/dmi'])
    cpSync(join(files, name), join(top, name), { recursive: true })
  const commands = join(top, 'sos_commands')
  mkdirSync(join(commands, 'kernel'), { recursive: true })
  writeFileSync(join(commands, 'kernel/uname_-a'), 'Linux web1 6.1.0-18-amd64 #1 SMP x86_64 x86_64 x86_64 GNU/Linux\n')
  cpSync('fixtures/hosts/kvm-host/commands/005-dmesg.out', join(commands, 'kernel/dmesg'))
  mkdirSync(join(commands, 'networking'))
  for (let index = 0; index < 500; index++)
    writeFileSync(join(commands, 'networking', `ethtool_vif${index}.0`), lines(40, 'nic'))
  writeFileSync(join(top, 'version.txt'), 'sosreport: 4.8.2\n')
}

/** Logs in pieces, until the packed archive is large enough. */
function make(archive: string): void {
  small()
  const wanted = Number(size) * MIB
  const names = ['messages', 'journal-all', 'libvirt/libvirtd.log', 'secure', 'audit/audit.log', 'xen/xend.log']
  // Measured: a MiB of these lines packs to a quarter.
  const perLog = (wanted * PACKS[packing as keyof typeof PACKS]) / names.length
  for (const name of names) log(join(top, 'var/log', name), perLog)
  spawnSync('tar', [`--${packing}`, '-cf', archive, '-C', work, top.slice(work.length + 1)], {
    env: { ...env, XZ_OPT: '-1 -T2' },
    stdio: 'inherit',
  })
  rmSync(top, { recursive: true })
}

const PACKS = { xz: 3.6, gzip: 3.1, zstd: 3.4 }

interface Ran {
  readonly ms: number
  readonly said: string
}

function run(argv: readonly string[]): Ran {
  const started = process.hrtime.bigint()
  const { stderr, error } = spawnSync(argv[0]!, argv.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
    encoding: 'utf8',
  })
  if (error) throw error
  return { ms: Number(process.hrtime.bigint() - started) / 1e6, said: stderr }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

const archive = join(work, `sosreport.tar.${packing}`)
make(archive)
const unpacked = join(work, 'unpacked')
const tar: number[] = []
const check: number[] = []
let most = 0
for (let round = 0; round < ROUNDS; round++) {
  mkdirSync(unpacked)
  tar.push(run(['tar', '-xf', archive, '-C', unpacked]).ms)
  rmSync(unpacked, { recursive: true })
  const { ms, said } = run([
    process.execPath,
    'bin/vdoctor.cjs',
    'check',
    '--fail-on',
    'never',
    '--timing',
    '--from',
    archive,
  ])
  check.push(ms)
  most = Math.max(most, (JSON.parse(said.trim().split('\n').pop()!) as { rss: number }).rss / 1024)
}
const mebibytes = statSync(archive).size / MIB
rmSync(work, { recursive: true, force: true })

const ratio = median(check) / median(tar)
const verdict = (good: boolean, limit: string): string => (good ? `within ${limit}` : `OVER ${limit}`)
console.log(`a sosreport of ${mebibytes.toFixed(0)} MiB, ${packing}`)
console.log(`tar -xf                  ${median(tar).toFixed(0).padStart(7)} ms`)
console.log(
  `check --from             ${median(check).toFixed(0).padStart(7)} ms  ${ratio.toFixed(2)} ×  ${verdict(ratio <= RATIO, String(RATIO))}`,
)
console.log(
  `largest resident memory  ${most.toFixed(0).padStart(7)} MiB       ${verdict(most <= MEMORY_MIB, String(MEMORY_MIB))}`,
)
process.exit(ratio <= RATIO && most <= MEMORY_MIB ? 0 : 1)
