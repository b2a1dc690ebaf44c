import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'
import { vdoctor } from '../vdoctor.ts'

const dom0 = resolve('fixtures/hosts/xen-dom0-broken')
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'vdoctor-'))
const packed = (...args: string[]): string => {
  const file = join(newFolder(), 'a.tar.gz')
  const { code, err } = vdoctor(['bundle', '--from', dom0, '--output', file, ...args])
  assert.is(code, 0, err)
  return file
}
/** All but the first line, which names the bundle. */
const report = (from: string): string =>
  vdoctor(['check', '--from', from, '--fail-on', 'never']).out.split('\n').slice(1).join('\n')

function refused(args: readonly string[], ...says: readonly RegExp[]): void {
  const { code, err, out } = vdoctor(args)
  assert.is(code, 2, err)
  assert.is(out, '')
  assert.not.match(err, /^\s+at /m)
  for (const text of says) assert.match(err, text)
}

describe('vdoctor bundle', (it) => {
  it('writes one file, for its owner alone, that says what its folder says', () => {
    const file = packed()
    assert.is(statSync(file).mode & 0o777, 0o600)
    assert.equal(readdirSync(join(file, '..')), ['a.tar.gz'])
    assert.is(report(file), report(dom0))
    assert.is(vdoctor(['bundle', 'verify', file]).code, 0)
    const text = vdoctor(['bundle', 'show', file, '/etc/xen/xl.conf']).out
    assert.is(text, readFileSync(join(dom0, 'files/etc/xen/xl.conf'), 'utf8'))
  })

  it('packs the report as text and as JSON', () => {
    const tar = (name: string): string =>
      spawnSync('tar', ['-xzOf', file, name], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout
    const file = packed()
    const findings = (JSON.parse(tar('report.json')) as { findings: object[] }).findings
    assert.equal(
      findings,
      (JSON.parse(vdoctor(['check', '--from', dom0, '--format', 'json']).out) as { findings: object[] }).findings,
    )
    assert.match(tar('report.txt'), /guest-bridge-missing/)
  })

  it('names the file after the machine and the time', () => {
    const cwd = newFolder()
    const run = (...args: string[]): void => {
      spawnSync(process.execPath, [resolve('bin/vdoctor.cjs'), 'bundle', ...args], { cwd })
    }
    run()
    assert.match(readdirSync(cwd).join(), /^vdoctor-[A-Za-z0-9.-]+-\d{14}\.tar\.gz$/)
    rmSync(cwd, { recursive: true })
    spawnSync('mkdir', [cwd])
    run('--anonymize')
    assert.match(readdirSync(cwd).join(), /^vdoctor-\d{14}\.tar\.gz$/)
  })

  it('reads only what was named, and says so', () => {
    const small = packed('--only', 'watchdog')
    assert.match(vdoctor(['bundle', 'show', small]).out, /^only watchdog; /m)
    assert.is(vdoctor(['bundle', 'show', small, '/sys/class/watchdog/*/state']).code, 0)
    assert.is(vdoctor(['bundle', 'show', small, '/etc/inittab']).code, 2)
    const file = packed('--only', 'storage')
    const only = ['--only', 'storage', '--fail-on', 'never']
    const verdicts = (from: string): string =>
      vdoctor(['check', '--from', from, ...only])
        .out.split('\n')
        .slice(1)
        .join('\n')
    assert.is(verdicts(file), verdicts(dom0))
    refused(['bundle', '--only', 'storrage', '--dry-run'], /storrage.*did you mean "storage"/)
  })

  it('is no larger than it may be, and drops logs first', () => {
    const file = packed('--max-size', '512K')
    assert.ok(gunzipSync(readFileSync(file)).length <= 512 << 10)
    const shown = vdoctor(['bundle', 'show', file]).out
    assert.match(shown, /^too-big .* dmesg /m)
    assert.match(shown, /^ok .* \/etc\/xen\/pv1\.cfg/m)
    refused(['bundle', '--max-size', 'much'], /not a size/)
    refused(['bundle', '--max-size', '1K'], /too small/)
  })

  it('leaves older lines of logs out, and then takes their silence for no proof', () => {
    const file = packed('--since', '2030-01-01')
    const journal = /^ok +0 bytes +journalctl .*only its end/m
    assert.match(vdoctor(['bundle', 'show', file]).out, journal)
    assert.ok(vdoctor(['bundle', 'show', file, 'dmesg']).out.length > 1_000)
    refused(['bundle', '--since', 'yesterday'], /neither a duration nor a date/)
  })

  it('tells beforehand what it would read, and reads nothing', () => {
    const { code, out } = vdoctor(['bundle', '--from', '/no/such', '--dry-run'])
    assert.is(code, 0)
    assert.match(out, /asks \d+ questions. Nothing has been read yet/)
    assert.match(out, /^256 KiB each +\/etc\/xen\/\* +\[may hold names, addresses, identifiers, secrets\]$/m)
    if (!needs('strace')) return
    const trace = join(newFolder(), 'trace')
    spawnSync('strace', [
      '-f',
      '-e',
      'trace=%file',
      '-o',
      trace,
      process.execPath,
      'bin/vdoctor.cjs',
      'bundle',
      '--dry-run',
    ])
    const touched = readFileSync(trace, 'utf8')
    assert.match(touched, 'rules.json')
    assert.not.match(touched, /"\/etc\/(xen|libvirt|hosts|fstab)|"\/proc\/(cmdline|modules|misc)|"\/var\/log/)
  })

  it('refuses what it cannot write before it reads', () => {
    const file = packed()
    refused(['bundle', '--from', dom0, '--output', file], /there already/)
    refused(['bundle', '--from', dom0, '--output', '/no/such/a.tar.gz'], /no folder \/no\/such/)
    refused(['bundle', '--from', dom0, '--output', 'a.zip'], /\.tar\.gz or a \.tar\.zst/)
    refused(['bundle', '--output', 'a.tar.gz', '--unpacked', 'b'], /unpacked/)
    refused(['bundle', '--from', dom0, '--output', join(file, 'b.tar.gz')], /cannot write/)
  })

  it('keeps what it has where no space is left, and leaves no half file', () => {
    if (!needs('unshare')) return
    const folder = newFolder()
    const script = `mount -t tmpfs -o size=200k none "$1" && cd "$1" && "$2" "$3" bundle --from "$4" --output a.tar.gz; echo "exit $?"; ls -A; "$2" "$3" check --from a.tar.gz.partial --fail-on never`
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['-m', 'sh', '-c', script, 'sh', folder, process.execPath, resolve('bin/vdoctor.cjs'), dom0],
      { encoding: 'utf8' },
    )
    if (/unshare|mount/.test(stderr))
      return void process.stdout.write('\nnot tried: a full disk; mounting is not allowed here\n')
    assert.match(stderr, /no space is left there\n +\d+ answers are kept in a\.tar\.gz\.partial/)
    assert.match(stdout, /^exit 2\na\.tar\.gz\.partial\n/)
    assert.match(stdout, /^vdoctor .* a\.tar\.gz\.partial/m)
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`keeps what it has at ${signal}, and says where`, async () => {
      const file = join(newFolder(), 'a.tar.gz')
      const child = spawn(process.execPath, ['bin/vdoctor.cjs', 'bundle', '--output', file])
      let said = ''
      child.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
      const ended = new Promise<number | null>((done) => child.on('close', done))
      const manifest = `${file}.partial/manifest.jsonl`
      while (!existsSync(manifest) || readFileSync(manifest, 'utf8').split('\n').length < 20) await sleep(2)
      child.kill(signal)
      assert.is(await ended, signal === 'SIGINT' ? 130 : 143)
      assert.match(said, /stopped\. \d+ answers are kept in .*a\.tar\.gz\.partial/)
      assert.not(existsSync(file))
      assert.is(vdoctor(['bundle', 'verify', `${file}.partial`]).code, 0)
    })
  }
})

describe('vdoctor bundle --anonymize', (it) => {
  const names = /\b(web1|db1|db2|pv1|pvh1|nokernel|nobridge)\b|52:54:00:12:34|192\.168\.122\.1\b/
  const passphrase = join(newFolder(), 'passphrase')
  writeFileSync(passphrase, 'correct horse\n')

  it('leaves no name in the file, and its map puts them back', () => {
    const map = join(newFolder(), 'a.map')
    const file = packed('--anonymize', '--map', map, '--passphrase-file', passphrase)
    assert.not.match(gunzipSync(readFileSync(file)).toString('latin1'), names)
    assert.not.match(readFileSync(map, 'utf8'), names)
    const there = join(newFolder(), 'report.txt')
    writeFileSync(there, report(file))
    const back = vdoctor(['bundle', 'reveal', map, there, '--passphrase-file', passphrase])
    assert.is(back.code, 0, back.err)
    const words = (text: string): string[] => text.split(/\s+/).sort()
    assert.equal(words(back.out), words(report(dom0)))
    writeFileSync(passphrase, 'another horse\n')
    refused(['bundle', 'reveal', map, there, '--passphrase-file', passphrase], /does not open/)
    refused(['bundle', 'reveal', map, '-'], /--passphrase-file/)
    refused(['bundle', '--anonymize', '--map', map, '--passphrase-file', passphrase], /there already/)
  })

  it('calls the same things alike where the key is the same', () => {
    const key = join(newFolder(), 'key')
    writeFileSync(key, 'k'.repeat(32))
    const [one, two] = [packed('--anonymize', '--key', key), packed('--anonymize', '--key', key)]
    assert.is(vdoctor(['bundle', 'diff', one, two]).out, 'No difference.\n')
    assert.is(vdoctor(['bundle', 'diff', one, packed('--anonymize')]).code, 1)
    const again = join(newFolder(), 'b.tar.gz')
    assert.is(vdoctor(['bundle', '--from', one, '--output', again]).code, 0)
    assert.match(vdoctor(['bundle', 'show', again]).out, 'names and addresses are pseudonyms')
    writeFileSync(key, 'short')
    refused(['bundle', '--anonymize', '--key', key], /holds no key/)
    refused(['bundle', '--key', key], /anonymize/)
  })
})

describe('vdoctor bundle show and diff', (it) => {
  it('print nothing that a terminal would obey', () => {
    const folder = join(newFolder(), 'b')
    const entry = { ask: { file: '/etc/a\u001b[31m' }, outcome: 'ok', target: '\u001b]0;x', data: 'a' }
    spawnSync('mkdir', [folder])
    writeFileSync(join(folder, 'a'), 'one\u001b[2J\ttab\n')
    writeFileSync(
      join(folder, 'manifest.jsonl'),
      `{"bundle":1,"vdoctor":"0\u001b[1m","recorded":"2026-01-01T00:00:00Z","by":"bundle"}\n${JSON.stringify(entry)}\n`.replace(
        '\u001b[1m',
        '\\u001b[1m',
      ),
    )
    const texts = [
      ['show', folder],
      ['show', folder, entry.ask.file],
      ['diff', folder, dom0],
      ['verify', folder],
    ]
    for (const args of texts) assert.not.match(vdoctor(['bundle', ...args]).out, '\u001b', args[0])
    assert.is(vdoctor(['bundle', 'show', folder, entry.ask.file]).out, 'one\\x1b[2J\ttab\n')
  })

  it('read nothing outside the bundle, whatever its manifest says', () => {
    const folder = newFolder()
    symlinkSync('/etc', join(folder, 'link'))
    const header = '{"bundle":1,"vdoctor":"0","recorded":"2026-01-01T00:00:00Z","by":"bundle"}\n'
    for (const data of ['../../../../../etc/passwd', '/etc/passwd', 'link/passwd']) {
      const line = JSON.stringify({ ask: { file: '/a' }, outcome: 'ok', data })
      writeFileSync(join(folder, 'manifest.jsonl'), `${header}${line}\n`)
      assert.is(
        vdoctor(['bundle', 'show', folder, '/a']).out,
        'not-recorded: its data is missing from the bundle\n',
        data,
      )
    }
  })

  it('name what differs, down to the facts', () => {
    const { code, out } = vdoctor(['bundle', 'diff', 'fixtures/hosts/xen-dom0', dom0])
    assert.is(code, 1)
    assert.match(out, /^\/etc\/xen\/pv1\.cfg changed|^only in the second: /m)
    assert.match(out, /^fact xen\.\w+: .*, then /m)
    refused(['bundle', 'show', dom0, '/etc/hostss'], /did you mean "\/etc\/hosts"/)
    refused(['bundle', 'show', '/no/such'], /cannot read/)
  })
})
