import * as assert from 'uvu/assert'
import { plain, quoted, wrap } from '../../src/reporters/plain.ts'
import { tableReport } from '../../src/reporters/table.ts'
import { textReport } from '../../src/reporters/text.ts'
import { describe } from '../describe.ts'
import { hostile, reportOf } from './reports.ts'

const options = { width: 100, color: null }

describe('the text report', (it) => {
  it('lets nothing that a machine said reach the terminal', () => {
    assert.not.match(textReport(reportOf([hostile]), options), /[\u0000-\u0009\u000b-\u001f]/)

    assert.not.match(tableReport([reportOf([hostile])], 100), /[\u0000-\u0009\u000b-\u001f]/)
  })

  it('quotes what can be typed, and says what it interrupts and how to undo it', () => {
    const text = textReport(reportOf([hostile]), options)
    assert.match(text, "$ ip link show 'a b;rm' (interrupts the network; undo: nothing)")
    assert.match(text, 'in /etc/xen/evil.cfg, replace br9 with br0')
    assert.match(text, 'from  /etc/xen/evil.cfg:7')
  })

  it('tells many subjects of one rule under one heading, and not all of a hundred', () => {
    const many = Array.from({ length: 100 }, (_, n) => ({ ...hostile, subject: `guest ${n}` }))
    const text = textReport(reportOf(many), options)
    assert.is(text.match(/A bridge is missing/g)!.length, 1)
    assert.match(text, 'and 92 more')
    assert.match(text, '100 errors, 0 warnings')
  })

  it('names the healthy areas, and what would decide the rest', () => {
    const text = textReport(reportOf([]), options)
    assert.match(text, 'OK       kvm: 3 rules found nothing wrong, 1 undecided')
    assert.match(text, '2 × run as root: stat /dev/kvm may not be read')
    assert.match(text, 'A KVM host, on bare metal')
  })

  it('counts a waived finding apart', () => {
    const text = textReport(reportOf([{ ...hostile, waived: 'known (until 2027-01-01)' }]), options)
    assert.match(text, /WAIVED {3}bridge-missing, .*known/)
    assert.match(text, '0 errors')
  })
})

describe('plain text', (it) => {
  it('shows control characters, and marks that turn the reading direction', () => {
    assert.is(plain('a\u001b[0m\u202eb'), 'a\\x1b[0m\\x202eb')
  })

  it('quotes as a shell needs it', () => {
    assert.is(quoted("it's"), `'it'\\''s'`)
    assert.is(quoted('/etc/xen/a.cfg'), '/etc/xen/a.cfg')
    assert.is(quoted(''), "''")
  })

  it('wraps at words', () => {
    assert.equal(wrap('one two three', 7), ['one two', 'three'])
    assert.equal(wrap('averylongword x', 5), ['averylongword', 'x'])
  })
})
