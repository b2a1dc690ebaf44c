import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { setsFor } from '../../src/cli/check.ts'
import { Linter } from '../../src/engine/conditions.ts'
import { readRules } from '../../src/engine/library.ts'
import { factSets } from '../../src/facts/index.ts'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { needs } from '../needs.ts'
import { vdoctor } from '../vdoctor.ts'

const rules = readRules('rules', new Linter(factSets))

/** A KVM host whose processor has VT-x and whose module is not loaded. */
const broken = folderWith({
  'manifest.jsonl': [
    { bundle: 1, vdoctor: '0.0.0', recorded: '2026-01-01T00:00:00Z', by: 'bundle' },
    ...['/.dockerenv', '/run/.containerenv', '/proc/vz', '/proc/bc', '/usr/libexec/qemu-kvm'].map((path) => ({
      ask: { stat: path },
      outcome: 'absent',
    })),
    ...['/run/systemd/container', '/proc/xen/capabilities', '/sys/hypervisor/type'].map((path) => ({
      ask: { file: path },
      outcome: 'absent',
    })),
    { ask: { stat: '/usr/bin/qemu-system-*' }, outcome: 'ok', values: ['/usr/bin/qemu-system-x86_64'] },
    {
      ask: { stat: '/usr/bin/qemu-system-x86_64' },
      outcome: 'ok',
      stat: { type: 'file', mode: '0755', uid: 0, gid: 0, size: 1 },
    },
    { ask: { command: ['uname', '-srm'] }, outcome: 'ok', exit: 0, data: 'uname' },
    { ask: { file: '/proc/cpuinfo' }, outcome: 'ok', data: 'cpuinfo' },
    { ask: { file: '/proc/misc' }, outcome: 'ok', data: 'misc' },
    { ask: { file: '/proc/modules' }, outcome: 'ok', bytes: 0 },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
  cpuinfo: 'processor : 0\nvendor_id : GenuineIntel\nflags : lm vmx\n',
  misc: '58 vga_arbiter\n',
  uname: 'Linux 6.1.0 x86_64\n',
})
const waivers = (until: string): string =>
  join(folderWith({ w: `- { rule: module-not-loaded, reason: a test machine, until: ${until} }\n` }), 'w')
const check = (...args: string[]) => vdoctor(['check', '--from', broken, '--only', 'module-not-loaded', ...args])

describe('check', (it) => {
  it('prints what, why, evidence and cure, and exits with 1', () => {
    const { code, out, err } = check()
    assert.is(code, 1)
    assert.is(err, '')
    for (const text of [
      /^ERROR .*module.*\[module-not-loaded\]$/m,
      /why {3}/,
      /from {2}\/proc/,
      /\$ modprobe kvm_intel/,
      /1 error/,
    ])
      assert.match(out, text)
    assert.not.match(out, 'kvm_amd )')
  })

  it('collects what only a sentence or a step of the cure names', () => {
    assert.ok(setsFor(rules.filter(({ id }) => id === 'module-not-loaded')).some(({ name }) => name === 'kernel'))
  })

  it('decides the exit code alike in every format', () => {
    for (const format of ['text', 'table', 'json']) {
      assert.is(check('--format', format).code, 1, format)
      assert.is(check('--format', format, '--fail-on', 'never').code, 0, format)
    }
  })

  it('exits with 3 where something stayed unknown, if that is asked', () => {
    const nothing = folderWith({ 'manifest.jsonl': '{"bundle":1,"recorded":"2026-01-01T00:00:00Z"}\n' })
    assert.is(vdoctor(['check', '--from', nothing]).code, 0)
    assert.is(vdoctor(['check', '--from', nothing, '--strict']).code, 3)
  })

  it('keeps a waiver until its day, and not a day longer', () => {
    const kept = check('--waivers', waivers('2999-01-01'))
    assert.is(kept.code, 0)
    assert.match(kept.out, /WAIVED .*a test machine/)
    assert.is(check('--waivers', waivers('2020-01-01')).code, 1)
  })

  it('prints JSON that says the same', () => {
    const report = JSON.parse(check('--format', 'json').out) as {
      version: number
      findings: { rule: string; outcome: string; evidence: unknown[] }[]
    }
    assert.is(report.version, 1)
    const [finding] = report.findings
    assert.equal([finding!.rule, finding!.outcome], ['module-not-loaded', 'problem'])
    assert.ok(finding!.evidence.length > 0)
  })

  it('judges by the user’s own rules beside those that ship', () => {
    const rule =
      'title: My own\nseverity: error\nwhen: cpu.vmx\nsays: S\nwhy: W.\nfix: [{ do: D. }]\ndocumented: [{ in: us }]\n'
    const { out } = vdoctor(['check', '--from', broken, '--rules', folderWith({ 'site/my-own.yaml': rule })])
    assert.match(out, /\[my-own\]/)
    assert.match(out, /\[module-not-loaded\]/)
  })

  it('never reads the machine that it runs on where it reads a recorded one', () => {
    const permission = Number(process.versions.node.split('.')[0]) >= 24 ? '--permission' : '--experimental-permission'
    const node = [permission, `--allow-fs-read=${process.cwd()}/*`, `--allow-fs-read=${broken}*`, '--no-warnings']
    const { code, out, err } = vdoctor(['check', '--from', broken, '--only', 'module-not-loaded'], { node })
    assert.is(code, 1, err)
    assert.match(out, /\[module-not-loaded\]/)
  })
})

describe('check on this machine', (it) => {
  const modules = (): string =>
    existsSync('/proc/modules') ? readFileSync('/proc/modules', 'utf8').replace(/ \d+ .*/g, '') : ''

  it('says something worth reading, whatever the machine is', () => {
    const before = modules()
    const { code, out } = vdoctor(['check', '--fail-on', 'never'])
    assert.is(code, 0)
    assert.ok(out.split('\n').length > 4)
    assert.match(out, /worth knowing\n$/)
    assert.is(modules(), before, 'a module was loaded')
  })

  it('ends on a terminal that tells no width, as a serial console does', () => {
    if (!needs('script')) return
    const line = `${process.execPath} bin/vdoctor.cjs check --fail-on never`
    const { status, signal } = spawnSync('script', ['-qec', line, '/dev/null'], {
      timeout: 30_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    assert.equal([status, signal], [0, null])
  })

  it('leaves no process behind', () => {
    const programs = new Set(
      factSets.flatMap(({ asks }) => asks.flatMap((ask) => ('command' in ask ? [ask.command[0]] : []))),
    )
    const running = (): string[] =>
      spawnSync('ps', ['-A', '-o', 'pid=,comm='], { encoding: 'utf8' })
        .stdout.split('\n')
        .filter((line) => programs.has(line.trim().split(/\s+/)[1] ?? '') && !/ ps$/.test(line))
    const before = new Set(running())
    vdoctor(['check', '--fail-on', 'never'])
    assert.equal(
      running().filter((line) => !before.has(line)),
      [],
    )
  })
})

describe('other commands', (it) => {
  it('explain tells what a rule is about', () => {
    const { code, out } = vdoctor(['explain', 'module-not-loaded'])
    assert.is(code, 0)
    for (const text of ['Why it matters', 'What to do', 'It is fine', 'rhel5-virtualization-guide'])
      assert.match(out, text)
  })

  it('facts prints values and gaps, and with --describe what they mean', () => {
    assert.match(vdoctor(['facts', 'kvm', '--from', broken]).out, /kvm\.active {2}false/)
    assert.match(vdoctor(['facts', 'kvm', '--from', broken]).out, /kvm\.nested {2}\? not-recorded/)
    assert.match(vdoctor(['facts', '--describe']).out, /kvm\.nested {2}bool {2}\S/)
    const json = JSON.parse(vdoctor(['facts', 'kvm', '--from', broken, '--format', 'json']).out) as {
      kvm: { active: boolean; nested: { gap: string } }
    }
    assert.is(json.kvm.active, false)
    assert.is(json.kvm.nested.gap, 'not-recorded')
  })

  it('bundle records what check then reads, byte for byte the same report', () => {
    const folder = join(folderWith({}), 'copy')
    assert.is(vdoctor(['bundle', '--from', broken, '--unpacked', folder]).code, 0)
    const report = (from: string): string => vdoctor(['check', '--from', from]).out.split('\n').slice(1).join('\n')
    assert.is(report(folder), report(broken))
  })

  it('rules new writes a rule that loads and passes its test', () => {
    const folder = folderWith({})
    assert.is(vdoctor(['rules', 'new', 'network/my-problem', '--rules', folder]).code, 0)
    const { code, out } = vdoctor(['rules', 'test', folder, '--mutate'])
    assert.is(code, 0, out)
  })

  it('rules list and show print what there is', () => {
    assert.match(vdoctor(['rules', 'list']).out, /\d+ rules\n$/)
    assert.match(vdoctor(['rules', 'show', 'module-not-loaded']).out, /^id: module-not-loaded/)
  })
})
