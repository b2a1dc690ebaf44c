import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { isUnknown } from '../../src/evidence/result.ts'
import { offers } from '../../src/facts/offers.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, output, value } from '../evidence.ts'

const NOTES = readFileSync('fixtures/cpus/epyc-notes.xml', 'utf8')
const noteOf = (emulator: string): string =>
  `/var/cache/libvirt/qemu/capabilities/${createHash('sha256').update(emulator).digest('hex')}.xml`
const facts = (...given: Given[]) => offers.parse(evidence(offers, given))
const uname = (release: string): Given => [{ command: ['uname', '-srm'] }, output(`Linux ${release} x86_64\n`)]
const info = (text: string): Given => [{ command: ['xl', 'info'] }, output(text)]
const cpuid = (text: string, exit = 0): Given => [{ command: ['xen-cpuid', '-p'] }, output(text, exit)]

describe('facts: offers', (it) => {
  it('finds the notes of each emulator under the name that libvirt gives them', () => {
    for (const path of ['/usr/bin/qemu-system-x86_64', '/usr/libexec/qemu-kvm', '/usr/bin/qemu-kvm']) {
      const { emulators } = facts([noteOf(path), NOTES], uname('6.1.0-56-amd64'))
      const [found, ...others] = value(emulators) as { kvm: boolean; models: unknown[] }[]
      assert.equal([found!.kvm, found!.models.length, others.length], [true, 6, 0], path)
    }
    assert.equal(value(facts(uname('6.1.0-56-amd64')).emulators), [])
  })

  it('knows nothing by notes of another kernel, or notes that were cut short', () => {
    for (const [text, release] of [
      [NOTES, '6.1.0-57-amd64'],
      [NOTES.slice(0, 5000), '6.1.0-56-amd64'],
    ] as const) {
      const { emulators } = facts([noteOf('/usr/bin/qemu-kvm'), text], uname(release))
      assert.ok((value(emulators) as unknown[]).every(isUnknown))
      assert.is((value(emulators) as unknown[]).length, 1)
    }
  })

  it('takes the policies of Xen where xen-cpuid tells them', () => {
    const text = readFileSync('fixtures/cpus/xen-more-policies.txt', 'utf8')
    assert.is((value(facts(cpuid(text)).policies) as unknown[]).length, 6)
    assert.equal(value(facts().policies), [])
    assert.equal(
      value(facts(cpuid("xen-cpuid: invalid option -- 'p'\nBad option '?'\nUsage: xen-cpuid\n")).policies),
      [],
    )
    assert.is(value(facts(cpuid('', 1)).policies), 'malformed')
    assert.is(value(facts(cpuid('something else\n')).policies), 'malformed')
  })

  it('reads hw_caps of xl info, but for those of old releases, which have other words', () => {
    const words = '178bf3fd:80002001:20100800:00000007:00000000:00000000:00000000:00000100'
    const caps = value(facts(info(`xen_version : 4.17.7\nhw_caps : ${words}\n`)).hwCaps) as string[]
    assert.equal(
      ['nx', 'svm', 'invtsc', 'avx'].map((name) => caps.includes(name)),
      [true, true, true, false],
    )
    assert.equal(value(facts(info(`xen_version : 4.6.6\nhw_caps : ${words}\n`)).hwCaps), [])
    assert.equal(value(facts(info('xen_version : 4.17.7\n')).hwCaps), [])
    assert.is(value(facts(info(`hw_caps : ${words}\n`)).hwCaps), 'malformed')
    assert.equal(value(facts().hwCaps), [])
  })
})
