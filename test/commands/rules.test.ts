import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'

describe('vdoctor rules', (it) => {
  it('writes new rules of both kinds that pass their tests, mutants and all', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vdoctor-rules-'))
    assert.is(vdoctor(['rules', 'new', 'kvm/some-state', '--rules', folder]).code, 0)
    assert.is(vdoctor(['rules', 'new', 'kvm/some-message', '--log', '--rules', folder]).code, 0)
    const { code, out } = vdoctor(['rules', 'test', folder, '--mutate'])
    assert.is(code, 0)
    assert.match(out, /2 rules, 6 cases passed, 0 failures/)
    assert.is(vdoctor(['rules', 'new', 'kvm/some-state', '--rules', folder]).code, 2)
  })

  it('lists what of the documents is encoded, and what is not and why', () => {
    const { code, out } = vdoctor(['rules', 'coverage'])
    assert.is(code, 0)
    assert.match(out, /rhel5-virtualization-guide: \d+ statements in \d+ sections/)
    assert.match(out, /not checked, needs-a-person: \d+ statements/)
    assert.match(out, /\d+ statements checked by rules, \d+ not checked, each with its reason/)
    assert.match(out, / G1 two-hosts: hosts-share-uuid/)
    assert.match(out, /\d+ conditions of a migration checked by rules, \d+ not, each with its reason/)
  })

  it('shows a rule as data, with its texts', () => {
    const { out } = vdoctor(['rules', 'show', 'vif-bridge-not-found'])
    for (const name of ['id', 'log', 'says', 'why', 'fix', 'documented'])
      assert.match(out, new RegExp(`^${name}:`, 'm'))
    assert.not.match(out, 'fineWhen')
    assert.match(vdoctor(['rules', 'show', 'guest-bridge-missing']).out, /^fineWhen: /m)
  })

  it('explains a rule that recognises a message', () => {
    const { out } = vdoctor(['explain', 'vif-bridge-not-found'])
    assert.match(out, 'for      Could not find bridge device')
    assert.match(out, 'unless   log.bridge in network.bridgeNames')
  })
})
