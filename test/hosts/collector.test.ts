import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { parseManifest } from '../../src/bundle/manifest.ts'
import { everyAsk } from '../../src/engine/asks.ts'
import { askKey, command, file, list, stat } from '../../src/evidence/ask.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { collectorScript } from '../../src/hosts/collector.ts'
import { LiveHost } from '../../src/hosts/live.ts'
import { findProgram, PATH } from '../../src/hosts/run.ts'
import type { Answer, Ask } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'
import { asks, same } from './every-kind.ts'
import { folderWith } from './machine-folder.ts'
import { factsOf, sameFacts } from './same-facts.ts'

const SHELLS = ['dash', 'busybox', 'mksh', 'posh', 'bash'] as const
const argvOf = (shell: string): string[] =>
  shell === 'busybox' ? ['busybox', 'sh'] : shell === 'bash' ? ['bash', '--posix'] : [shell]

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'vdoctor-'))

/** What ends by itself. */
const quick = asks.filter(({ timeoutMs }) => timeoutMs === undefined)

interface Ran {
  readonly code: number | null
  readonly err: string
  readonly folder: string
}

interface Options {
  readonly path?: string
  readonly args?: readonly string[]
  readonly uid?: number
}

/** Runs the script for these asks in a folder of its own, where it writes to "it". */
function collect(shell: string, some: readonly Ask[], options: Options = {}): Promise<Ran> {
  const folder = newFolder()
  const script = join(folder, 'collect.sh')
  writeFileSync(script, collectorScript(some, '0.0.0').replace(`PATH=${PATH}`, `PATH=${options.path ?? PATH}`))
  if (options.uid !== undefined) chownSync(folder, options.uid, options.uid)
  const [program, ...args] = [...argvOf(shell), script, ...(options.args ?? ['-u', 'it'])]
  const { uid } = options
  const child = spawn(program!, args, { cwd: folder, stdio: 'pipe', ...(uid !== undefined && { uid, gid: uid }) })
  let err = ''
  child.stderr.on('data', (piece) => (err += String(piece)))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, err, folder })))
}

/** What RHEL 5 (coreutils 5.97, gawk, sed 4.1, procps) and FreeBSD's base system both have. */
const COMMON = (
  'awk cat chmod cp cut date dd df dmesg expr find grep gzip head hostname id kill ln ls mkdir mktemp mv printf ps renice rm rmdir ' +
  'sed sh sleep sort sysctl tail tar tee test touch tr uname uniq wc xargs yes echo'
).split(' ')

/** `others`: programs that stand for some of them. */
function commonPrograms(others: Readonly<Record<string, string>> = {}): string {
  const folder = newFolder()
  for (const name of COMMON) {
    const found = findProgram(others[name] ?? name)
    if (found !== null) symlinkSync(found, join(folder, name))
  }
  return folder
}

const BUSYBOX = Object.fromEntries(
  'awk cat date find gzip head ls mkdir mv rm sed sleep tail tar tee tr uname wc'
    .split(' ')
    .map((name) => [name, 'busybox']),
)

/** A shell, and what it has besides. */
const SETTINGS: readonly [shell: string, what: string, program: string, path: () => string][] = [
  ...SHELLS.map((shell): (typeof SETTINGS)[number] => [
    shell,
    'what RHEL 5 and FreeBSD both have',
    shell,
    commonPrograms,
  ]),
  ['dash', "FreeBSD's awk", 'original-awk', () => commonPrograms({ awk: 'original-awk' })],
  ['busybox', "busybox' own programs", 'busybox', () => commonPrograms(BUSYBOX)],
]

describe('the collector', (it) => {
  let started: Promise<Ran>[] = []
  let wanted: readonly Answer[] = []

  it('runs under many shells', async () => {
    started = SETTINGS.map(([shell, , , path]) => collect(shell, asks, { path: path() }))
    wanted = await new LiveHost().answer(asks)
    await Promise.all(started)
  })

  for (const [index, [shell, what, program]] of SETTINGS.entries())
    it(`answers under ${shell} as the machine itself does, with ${what} and nothing else`, async () => {
      if (!needs(shell) || !needs(program)) return
      const { code, err, folder } = await started[index]!
      assert.is(code, 0, err)
      assert.not.match(err, /not found|syntax|parameter/)
      same(await new BundleHost(join(folder, 'it')).answer(asks), wanted)
    })

  for (const shell of SHELLS)
    it(`learns the same facts under ${shell} as the machine itself`, async () => {
      if (!needs(shell)) return
      const before = await factsOf(new LiveHost())
      const { err, folder } = await collect(shell, everyAsk)
      assert.not.match(err, /not found|syntax|parameter/)
      sameFacts(await factsOf(new BundleHost(join(folder, 'it'))), before, await factsOf(new LiveHost()))
      const { entries } = parseManifest(readFileSync(join(folder, 'it', 'manifest.jsonl'), 'utf8'), 'manifest')
      assert.is(new Set(entries.map(({ ask }) => askKey(ask))).size, entries.length, 'a question was put twice')
    })

  it('packs what it wrote into one file, and says which', async () => {
    const { code, err, folder } = await collect('sh', quick, { args: [] })
    assert.is(code, 0)
    const packed = readdirSync(folder).find((name) => name.startsWith('vdoctor-')) ?? ''
    assert.match(packed, /\.tar\.gz$/)
    assert.ok(err.includes(packed), err)
    execFileSync('tar', ['-xzf', packed], { cwd: folder })
    same(
      await new BundleHost(join(folder, packed.replace('.tar.gz', ''))).answer(quick),
      await new LiveHost().answer(quick),
    )
    assert.is(
      spawnSync('tar', ['-tzvf', packed], { cwd: folder, encoding: 'utf8' }).stdout.match(/^-rw(?!-{7})/gm),
      null,
    )
  })

  it('leaves the folder where nothing here packs, and does without checksums', async () => {
    const path = newFolder()
    for (const name of COMMON)
      if (name !== 'tar' && findProgram(name)) symlinkSync(findProgram(name)!, join(path, name))
    const { code, folder } = await collect('sh', quick, { path, args: ['it'] })
    assert.is(code, 0)
    same(await new BundleHost(join(folder, 'it')).answer(quick), await new LiveHost().answer(quick))
    assert.not.match(readFileSync(join(folder, 'it', 'manifest.jsonl'), 'utf8'), /sha256/)
  })

  it('notes size and checksum of what it holds', async () => {
    const { folder } = await collect('sh', [...quick, file('/sys/kernel/uevent_seqnum'), file('/sys/power/state')])
    const { entries } = parseManifest(readFileSync(join(folder, 'it', 'manifest.jsonl'), 'utf8'), 'manifest')
    const held = entries.filter(({ data }) => data !== undefined)
    assert.ok(held.length > 5)
    for (const { data, sha256, bytes } of held) {
      const path = join(folder, 'it', data!)
      assert.is(bytes, readFileSync(path).length, data)
      if (!data!.includes('"'))
        assert.is(sha256, execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64), data)
    }
  })

  it('takes the checksums of other systems too', async () => {
    const fakes: Record<string, string> = {
      shasum: 'shift 2; exec sha256sum "$@"',
      sha256: 'shift; for f; do echo "$(sha256sum <"$f" | cut -d" " -f1) $f"; done',
      openssl: 'shift 2; for f; do echo "SHA256($f)= $(sha256sum <"$f" | cut -d" " -f1)"; done',
    }
    const sums = (folder: string): string[] =>
      parseManifest(readFileSync(join(folder, 'it', 'manifest.jsonl'), 'utf8'), '').entries.map(
        ({ sha256 }) => sha256 ?? '',
      )
    const some = quick.filter((ask) => 'file' in ask)
    const wanted = sums((await collect('sh', some)).folder)
    assert.ok(wanted.filter(Boolean).length > 3)
    for (const [name, body] of Object.entries(fakes)) {
      const path = commonPrograms()
      writeFileSync(join(path, name), `#!/bin/sh\nPATH=${PATH}\n${body}\n`)
      chmodSync(join(path, name), 0o755)
      assert.equal(sums((await collect('sh', some, { path })).folder), wanted, name)
    }
  })

  it('loses nothing to a sed that is another', async () => {
    const path = commonPrograms()
    unlinkSync(join(path, 'sed'))
    const odd = 'for one; do shift; case $one in "w "*) one= ;; esac; set -- "$@" "$one"; done'
    writeFileSync(join(path, 'sed'), `#!/bin/sh\n${odd}\nexec ${findProgram('sed')} "$@"\n`)
    chmodSync(join(path, 'sed'), 0o755)
    const folder = folderWith({ secret: 'one\npassword = "hunter2"\nthree\n' })
    const some = [file(join(folder, 'secret'))]
    for (const options of [{ path }, {}]) {
      const { folder: written } = await collect('sh', some, options)
      const [answer] = await new BundleHost(join(written, 'it')).answer(some)
      assert.match(answer!.ok && answer!.data.kind === 'file' ? answer!.data.text : '', /^one\n.*\nthree\n$/)
    }
  })

  it('needs no root', async () => {
    if (process.getuid!() !== 0) return
    const secret = newFolder()
    writeFileSync(join(secret, 'key'), 'x')
    chmodSync(join(secret, 'key'), 0)
    chmodSync(secret, 0o711)
    const some = [file(join(secret, 'key')), list(secret), file('/proc/version'), stat(join(secret, 'none'))]
    const { code, err, folder } = await collect('sh', some, { uid: 65534 })
    assert.is(code, 0, err)
    const answers = await new BundleHost(join(folder, 'it')).answer(some)
    assert.equal(
      answers.map((answer) => (answer.ok ? 'ok' : answer.gap)),
      ['denied', 'denied', 'ok', 'absent'],
    )
  })

  it('says where it cannot write, and writes over nothing', async () => {
    const { folder } = await collect('sh', [file('/proc/version')])
    const again = (...args: string[]): Ran['err'] => {
      const { status, stderr } = spawnSync('sh', [join(folder, 'collect.sh'), ...args], {
        cwd: folder,
        encoding: 'utf8',
      })
      assert.is(status, 2)
      return stderr
    }
    assert.match(again('it'), /it is there already/)
    assert.match(again('none/it'), /cannot make a folder here: none\/it/)
    assert.match(again('-x'), /^usage: /)
    assert.match(again('-u', '-x'), /cannot start with a dash/)
    const { status, stderr } = spawnSync('sh', [join(folder, 'collect.sh')], { cwd: '/proc', encoding: 'utf8' })
    assert.is(status, 2)
    assert.match(stderr, /cannot make a folder here/)
  })

  it('stops where the disk is full, and what it wrote until then is true', async () => {
    if (process.getuid!() !== 0 || !mayMount()) return
    const wanted = await new LiveHost().answer(quick)
    for (const kib of [8, 16, 24, 48]) {
      const folder = newFolder()
      const script = join(folder, 'collect.sh')
      mkdirSync(join(folder, 'small'))
      writeFileSync(script, collectorScript(quick, '0.0.0'))
      const inside = `mount -t tmpfs -o size=${kib}k none small && { sh collect.sh small/it; code=$?; cp -R small/it it; exit $code; }`
      const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', inside], { cwd: folder, encoding: 'utf8' })
      if (status === 2) {
        assert.not(existsSync(join(folder, 'it', 'manifest.jsonl')))
        continue
      }
      assert.is(status, 1, stderr)
      assert.match(stderr, /is the disk full\?/)
      const got = await new BundleHost(join(folder, 'it')).answer(quick)
      const known = got.filter((answer) => answer.ok || answer.gap !== 'not-recorded')
      for (const answer of known)
        same(
          [answer],
          wanted.filter(({ key }) => key === answer.key),
        )
    }
  })

  it('does without /proc', async () => {
    if (process.getuid!() !== 0 || !mayMount()) return
    const folder = newFolder()
    const some = [...quick, file('/proc/version'), command(['echo', 'init'], { if: { daemon: ['init'] } })]
    writeFileSync(join(folder, 'collect.sh'), collectorScript(some, '0.0.0'))
    const inside = 'mount -t tmpfs none /proc && exec sh collect.sh -u it'
    const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', inside], { cwd: folder, encoding: 'utf8' })
    assert.is(status, 0, stderr)
    const answers = await new BundleHost(join(folder, 'it')).answer(some)
    same(
      answers.slice(0, -2).filter(({ key }) => !key.includes('/proc')),
      (await new LiveHost().answer(quick)).filter(({ key }) => !key.includes('/proc')),
    )
    assert.equal(
      answers.slice(-2).map((answer) => !answer.ok && answer.gap),
      ['absent', 'withheld'],
    )
  })
})

/** Whether a mount of our own can be made here. */
function mayMount(): boolean {
  return needs('unshare') && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
}
