import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Entry } from '../../src/bundle/manifest.ts'
import { check } from '../../src/cli/check.ts'
import { Linter } from '../../src/engine/conditions.ts'
import { readRules } from '../../src/engine/library.ts'
import { factSets } from '../../src/facts/index.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { describe } from '../describe.ts'

const HEALTHY = 'fixtures/hosts/xen-dom0'
const rules = readRules('rules', new Linter(factSets))

/** A copy of the recorded Xen dom0 that faults are planted in. */
class Patient {
  readonly folder = join(mkdtempSync(join(tmpdir(), 'vdoctor-')), 'host')

  constructor() {
    cpSync(HEALTHY, this.folder, { recursive: true })
  }

  /** Changes the contents of a file or the output of a command; that it changed nothing is an error. */
  edit(question: object, from: string | RegExp, to: string): this {
    const { data } = this.#entry(question)
    const path = join(this.folder, data!)
    const text = readFileSync(path, 'utf8')
    assert.not.equal(text.replace(from, to), text, `${JSON.stringify(question)} has no ${String(from)}`)
    writeFileSync(path, text.replace(from, to))
    return this
  }

  /** Puts another answer in the place of one. */
  answer(question: object, answer: Partial<Entry>): this {
    const key = JSON.stringify(question)
    const path = join(this.folder, 'manifest.jsonl')
    const lines = readFileSync(path, 'utf8').split('\n')
    const index = lines.findIndex((line) => line.startsWith(`{"ask":${key},`))
    assert.ok(index > 0, `${key} was not recorded`)
    lines[index] = JSON.stringify({ ask: question, ...answer })
    writeFileSync(path, lines.join('\n'))
    return this
  }

  async problems(): Promise<string[]> {
    const { report } = await check(new BundleHost(this.folder), rules, { version: '0', root: '.' })
    return report.findings
      .filter(({ outcome }) => outcome === 'problem')
      .map(({ rule, subject }) => `${rule} · ${subject}`)
  }

  #entry(question: object): Entry {
    const key = JSON.stringify(question)
    const line = readFileSync(join(this.folder, 'manifest.jsonl'), 'utf8')
      .split('\n')
      .find((one) => one.startsWith(`{"ask":${key},`))
    assert.ok(line, `${key} was not recorded`)
    return JSON.parse(line!) as Entry
  }
}

const pv1 = { file: '/etc/xen/pv1.cfg' }
const xlInfo = { command: ['xl', 'info'] }
const ps = { command: ['ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'] }
const healthy = await new Patient().problems()

/** [what is wrong, how it is planted, what must be found]. Each must be found alone, but for what the edited file is beside the running guest. */
const faults: [string, (patient: Patient) => void, string, string?][] = [
  [
    'a bridge that does not exist',
    (p) => p.edit(pv1, 'bridge=xenbr0', 'bridge=xenbr9'),
    'guest-bridge-missing · guest pv1, vif0',
  ],
  ['a syntax error', (p) => p.edit(pv1, 'memory=200', 'memory=200,,'), 'config-syntax-error · /etc/xen/pv1.cfg:6'],
  ['a misspelt setting', (p) => p.edit(pv1, 'vcpus=1', 'vcpu=1'), 'misspelt-setting · guest pv1, vcpu'],
  [
    'sync_console in production',
    (p) => p.edit(xlInfo, 'loglvl=all', 'sync_console loglvl=all'),
    'console-output-synchronous · ',
  ],
  [
    'ballooning beside a fixed memory',
    (p) => p.edit({ file: '/etc/xen/xl.conf' }, /^#autoballoon=.*$/m, 'autoballoon="on"'),
    'autoballoon-beside-fixed-memory · ',
  ],
  [
    'a word without quotes in xl.conf',
    (p) => p.edit({ file: '/etc/xen/xl.conf' }, /^#claim_mode=1$/m, 'claim_mode=on'),
    'toolstack-configuration-unreadable · /etc/xen/xl.conf:43',
  ],
  [
    'a misspelt setting in xl.conf',
    (p) => p.edit({ file: '/etc/xen/xl.conf' }, /^#claim_mode=1$/m, 'claim_mod=1'),
    'misspelt-toolstack-setting · /etc/xen/xl.conf:43',
  ],
  [
    'a misspelt setting of libvirt',
    (p) => p.edit({ file: '/etc/libvirt/libvirtd.conf' }, /^#listen_tcp = 1$/m, 'listen_tpc = 0'),
    'misspelt-libvirt-setting · /etc/libvirt/libvirtd.conf:38',
  ],
  [
    'a number that libvirt wants in quotes',
    (p) =>
      p.edit({ file: '/etc/libvirt/libvirtd.conf' }, /^#unix_sock_rw_perms = "0770"$/m, 'unix_sock_rw_perms = 0770'),
    'configuration-refused · /etc/libvirt/libvirtd.conf:108',
  ],
  [
    'a processor that is not there',
    (p) => p.edit(pv1, 'vcpus=1', 'vcpus=1\ncpus="1-2"'),
    'pinned-to-missing-processor · guest pv1, all',
  ],
  [
    'fewer processors at most than at the start',
    (p) => p.edit(pv1, 'vcpus=1', 'vcpus=2\nmaxvcpus=1'),
    'settings-contradict · guest pv1, maxvcpus',
    'differs-from-its-file · guest pv1, vcpus',
  ],
  [
    'a rate in another unit',
    (p) => p.edit(pv1, 'bridge=xenbr0', 'bridge=xenbr0,rate=10Mbit'),
    'malformed-interface · guest pv1, bridge=xenbr0,rate=10Mbit',
  ],
  ['xenconsoled gone', (p) => p.edit(ps, / xenconsoled$/m, ' something'), 'xenconsoled-not-running · '],
  ['xenstored gone', (p) => p.edit(ps, / (oxenstored|xenstored)$/m, ' something'), 'xenstored-not-running · '],
  [
    'a guest larger than the machine',
    (p) => p.edit(pv1, 'memory=200', 'memory=99999'),
    'memory-beyond-machine · guest pv1',
    'differs-from-its-file · guest pv1, maxmem',
  ],
  [
    'a file system that is full',
    (p) => p.edit({ command: ['df', '-klP'] }, /^(\/dev\/\S+\s+)(\d+)\s+\d+\s+\d+\s+\d+%/m, '$1$2 $2 0 100%'),
    'file-system-nearly-full · /',
  ],
  [
    'no IOMMU though a guest wants a device',
    (p) => p.edit(pv1, 'vcpus=1', "vcpus=1\npci=['00:01.0']").edit(xlInfo, ' hvm_directio pv_directio', ''),
    'passthrough-to-pv-without-iommu · guest pv1, 00:01.0',
    'differs-from-its-file · guest pv1, pci',
  ],
  ['no nested paging', (p) => p.edit(xlInfo, ' hap ', ' '), 'no-nested-paging · '],
]

describe('faults planted in the recorded Xen dom0', (it) => {
  for (const [what, plant, expected, beside] of faults) {
    it(`finds ${what}`, async () => {
      const patient = new Patient()
      plant(patient)
      const found = (await patient.problems()).filter((one) => !healthy.includes(one))
      assert.equal(found, beside === undefined ? [expected] : [expected, beside])
    })
  }
})
