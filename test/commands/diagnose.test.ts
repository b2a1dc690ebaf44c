import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'

const folder = mkdtempSync(join(tmpdir(), 'vdoctor-diagnose-'))
const MESSAGE = 'libxl: error: libxl_device.c:1286:cb: script: Could not find bridge device xenbr1\n'

describe('vdoctor diagnose', (it) => {
  it('says what a piped message means, and fails', () => {
    const { code, out, err } = vdoctor(['diagnose'], { input: `nothing\n${MESSAGE}` })
    assert.is(code, 1)
    assert.is(err, '')
    assert.match(out, '2 lines of standard input')
    assert.match(out, /ERROR .*\[vif-bridge-not-found\]/)
    assert.match(out, 'bridge xenbr1')
    assert.match(out, /surer with --from,\s+which\s+would\s+tell\s+network\.bridgeNames/)
  })

  it('says that nothing is known, and does not fail', () => {
    const { code, out } = vdoctor(['diagnose', '-'], { input: 'all is well\n' })
    assert.is(code, 0)
    assert.match(out, 'Nothing known here')
  })

  it('asks a recorded machine what decides', () => {
    const { out } = vdoctor(['diagnose', '--from', 'fixtures/hosts/xen-dom0'], {
      input: MESSAGE.replace('xenbr1', 'xenbr0'),
    })
    assert.match(out, 'Nothing known here')
  })

  it('prints JSON with the line that it stands in', () => {
    writeFileSync(join(folder, 'a.log'), `x\n\n${MESSAGE}`)
    const { out } = vdoctor(['diagnose', join(folder, 'a.log'), '--format', 'json'])
    const { findings, logs } = JSON.parse(out) as {
      findings: { rule: string; evidence: { line: number }[] }[]
      logs: { lines: number }[]
    }
    assert.is(findings[0]!.rule, 'vif-bridge-not-found')
    assert.is(findings[0]!.evidence[0]!.line, 3)
    assert.is(logs[0]!.lines, 3)
  })

  it('lets nothing of the log reach the terminal unescaped', () => {
    const { out } = vdoctor(['diagnose'], { input: MESSAGE.replace('xenbr1', 'x\u001b]0;owned\u0007y\u0008') })
    assert.not.match(out, /[\u0000-\u0009\u000b-\u001f]/)
  })

  it('refuses with a sentence what it cannot read', () => {
    const { code, err } = vdoctor(['diagnose', '/nonexistent.log'])
    assert.is(code, 2)
    assert.match(err, 'cannot read /nonexistent.log: ENOENT')
  })

  it('refuses a rule whose pattern could take for ever', () => {
    const rule = `title: T\nseverity: error\nlog:\n  match: '(a|b)\\1 something'\nconfidence: likely\nsays: x\nwhy: Y.\nfix:\n  - { do: Z. }\ndocumented:\n  - { in: me }\n`
    writeFileSync(join(folder, 'mine.yaml'), rule)
    const { code, err } = vdoctor(['diagnose', '--rules', folder], { input: MESSAGE })
    assert.is(code, 2)
    assert.match(err, /mine\.yaml:\d+: it refers back/)
  })
})

describe('vdoctor run', (it) => {
  it('passes on what the command says, and its exit code; then explains', () => {
    const { code, out, err } = vdoctor(['run', '--', 'sh', '-c', `echo out; echo '${MESSAGE.trim()}' >&2; exit 7`])
    assert.is(code, 7)
    assert.is(out, 'out\n')
    assert.ok(err.startsWith(MESSAGE))
    assert.match(err, '[vif-bridge-not-found]')
  })

  it('is silent where the command had nothing to complain of', () => {
    assert.equal(vdoctor(['run', '--', 'echo', 'fine']), { code: 0, out: 'fine\n', err: '' })
  })

  it('says which command it could not run', () => {
    const { code, err } = vdoctor(['run', '--', 'no-such-command'])
    assert.is(code, 2)
    assert.match(err, 'cannot run no-such-command: ENOENT')
  })

  it('says 128 and the signal where one ended the command', () => {
    assert.is(vdoctor(['run', '--', 'sh', '-c', 'kill -TERM $$']).code, 143)
  })
})
