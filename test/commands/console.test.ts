import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Explanation } from '../../src/serial/transcript/explanation.ts'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { vdoctor } from '../vdoctor.ts'

const record = (name: string): string => `fixtures/consoles/${name}.log`
const explained = (...args: string[]): Explanation =>
  JSON.parse(vdoctor(['console', 'explain', ...args, '--format', 'json']).out) as Explanation
const shape = ({ boots }: Explanation) =>
  boots.map(({ stages, outcome, reached, findings }) => ({
    way: stages.map(({ stage, line }) => `${stage} ${line}`),
    outcome: `${outcome}: ${reached}`,
    errors: findings
      .filter(({ severity }) => severity === 'error')
      .map(({ rule, evidence }) => `${rule} ${evidence[0]?.line}`),
  }))

describe('console explain', (it) => {
  it('divides recorded boots into their stages and names what ended them', () => {
    assert.equal(shape(explained(record('kvm-host-ok'))), [
      {
        way: ['kernel 1', 'initramfs 372', 'root mounted 411', 'init 417', 'login 695', 'shutdown 767', 'off 795'],
        outcome: 'fine: login',
        errors: [],
      },
    ])
    assert.equal(shape(explained(record('xen-dom0-ok'))), [
      {
        way: [
          'xen 1',
          'kernel 165',
          'initramfs 520',
          'root mounted 559',
          'init 565',
          'login 833',
          'shutdown 1023',
          'off 1048',
        ],
        outcome: 'fine: login',
        errors: [],
      },
    ])
    assert.equal(shape(explained(record('xen-dom0-crash-smap'))), [
      { way: ['xen 1', 'off 230'], outcome: 'died: xen', errors: ['control-domain-crashed 230'] },
    ])
    assert.equal(shape(explained(record('xen-hypervisor-panic-mwait'))), [
      { way: ['xen 1', 'kernel 190', 'off 397'], outcome: 'died: kernel', errors: ['idle-instruction-crash 392'] },
    ])
  })

  it('knows a crash that was asked for, a root that does not come, and a guest of Xen', () => {
    const [crashed] = shape(explained(record('kvm-host-sysrq-panic')))
    assert.equal(crashed!.way, ['kernel 1', 'initramfs 353', 'root mounted 392', 'init 398', 'login 647', 'off 689'])
    assert.is(crashed!.outcome, 'died: login')
    assert.ok(crashed!.errors.includes('kernel-stopped 661'))
    assert.equal(shape(explained(record('kvm-host-no-root'))), [
      {
        way: ['kernel 1', 'initramfs 355'],
        outcome: 'stuck: initramfs',
        errors: ['root-device-not-found 428'],
      },
    ])
    assert.is(explained(record('kvm-host-no-root')).boots[0]!.prompt, 'the shell of the initramfs')
    assert.equal(shape(explained(record('xen-pv-guest-ok'))), [
      { way: ['kernel 1', 'initramfs 221'], outcome: 'open: initramfs', errors: [] },
    ])
  })

  it('listens to each boot by itself, in one record of several', () => {
    const all = ['xen-hypervisor-panic-mwait', 'kvm-host-ok', 'xen-dom0-crash-smap'].map((name) =>
      readFileSync(record(name), 'utf8'),
    )
    const { boots, lines } = explained(join(folderWith({ all: all.join('') }), 'all'))
    assert.is(lines, 398 + 795 + 231)
    assert.equal(
      boots.map(({ outcome, findings }) => [
        outcome,
        findings.filter(({ severity }) => severity === 'error').map(({ evidence }) => evidence[0]!.line),
      ]),
      [
        ['died', [392]],
        ['fine', []],
        ['died', [398 + 795 + 230]],
      ],
    )
  })

  it('does not advise what the boot had, and exits with 1 where one died', () => {
    const { code, out } = vdoctor(['console', 'explain', record('xen-dom0-crash-smap')])
    assert.is(code, 1)
    assert.match(out, 'DIED in: xen')
    assert.match(out, 'dom0=verbose')
    assert.match(out, 'sync_console, so that nothing is lost')
    assert.not.match(out, 'loglvl=all')
    assert.is(vdoctor(['console', 'explain', record('xen-dom0-ok')]).code, 0)
  })

  it('shows where a boot leaves the last good one', () => {
    const { departure } = explained(record('xen-hypervisor-panic-mwait'), '--against', record('xen-dom0-ok'))
    assert.match(departure!.text, 'IOMMU Extended Features')
    assert.is(explained(record('xen-dom0-ok'), '--against', record('xen-dom0-ok')).departure, null)
  })

  it('takes what is no text of a console as well as it can', () => {
    const { code, err } = vdoctor(['console', 'explain', process.execPath])
    assert.is(code, 2)
    assert.match(err, 'is no text')
    const { out } = vdoctor(['console', 'explain', '-'], { input: 'hello\n' })
    assert.match(out, 'standard input: 1 lines, 1 boot')
    const escapes = vdoctor(['console', 'explain', '-'], {
      input: '\u001b]0;owned\u0007SeaBIOS (version 1)\nx\u009b2J\n',
    }).out
    assert.not.match(escapes, /[\u0000-\u0009\u000b-\u001f\u0080-\u009f]/)
    assert.match(escapes, 'firmware')
  })
})
