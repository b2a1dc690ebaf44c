import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { type Fault, provoked, readFaults, TRUE_OF_HEALTHY } from '../lab/fault.ts'
import { plainly } from '../lab/guests.ts'
import { beyondByHand, coverage, rules, withTables } from '../lab/table.ts'

const faults = readFaults()
const README = 'test/lab/README.md'

const named = (fault: Fault): string[] => [
  ...provoked(fault),
  ...fault.also,
  ...fault['not-found'],
  ...(fault.start?.also ?? []),
  ...(fault.dies?.also ?? []),
  ...Object.keys(fault.stays),
]

describe('the lab', (it) => {
  it('has faults that can be read, and that name rules there are', () => {
    const known = new Set(rules().map(({ id }) => id))
    assert.ok(faults.length >= 50)
    assert.equal(
      faults.flatMap((fault) =>
        named(fault)
          .filter((rule) => !known.has(rule))
          .map((rule) => `${fault.name}: ${rule}`),
      ),
      [],
    )
    assert.equal(
      Object.values(TRUE_OF_HEALTHY).flatMap((list) => Object.keys(list).filter((rule) => !known.has(rule))),
      [],
    )
  })

  it('has no fault that could not fail', () => {
    assert.equal(
      faults.filter((fault) => provoked(fault).length === 0).map(({ name }) => name),
      [],
    )
  })

  it('carries out only fixes of rules that the fault provokes', () => {
    const wrong = faults.flatMap((fault) =>
      (Array.isArray(fault.cure) ? fault.cure : []).flatMap((step) =>
        'fix' in step && !provoked(fault).includes(step.fix) ? [`${fault.name}: ${step.fix}`] : [],
      ),
    )
    assert.equal(wrong, [])
  })

  it('writes guests as xl and libvirt read them', () => {
    assert.equal(plainly({ xl: 'web', lines: 'memory = 16\nramdisk =' }), {
      write: '/etc/xen/web.cfg',
      text: 'name = "web"\ntype = "pv"\nkernel = "/boot/vmlinuz"\nextra = "console=hvc0"\nvcpus = 1\nmemory = 16\n',
    })
    assert.equal(plainly(['ip', 'link']), ['ip', 'link'])
  })

  it('counts each rule once: provoked, beyond the lab, or not tried', () => {
    const { provoked: done, beyond, notYet } = coverage(faults)
    const all = [...done, ...[...beyond.values()].flat(), ...notYet].sort()
    assert.equal(
      all,
      rules()
        .map(({ id }) => id)
        .sort(),
    )
  })

  it('calls no rule impossible that there is not, or that a fault provokes', () => {
    const known = new Set(rules().map(({ id }) => id))
    const done = new Set(faults.flatMap(provoked))
    const names = Object.values(beyondByHand()).flat()
    assert.equal(
      names.filter((name, index) => !known.has(name) || done.has(name) || names.indexOf(name) !== index),
      [],
    )
  })

  it('has a README that tells its faults as they are: npx tsx test/lab/write-table.ts', () => {
    const readme = readFileSync(README, 'utf8')
    assert.is(withTables(readme, faults), readme)
  })
})
