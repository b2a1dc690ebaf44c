import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { vdoctor } from '../vdoctor.ts'

const rule = `title: T
severity: info
when: kvm.active
says: S
why: W.
fix:
  - { do: D. }
documented:
  - { in: a }
`
const recorded = folderWith({
  'manifest.jsonl': '{"bundle":1,"vdoctor":"0","recorded":"2026-01-01T00:00:00Z","by":"bundle"}\n',
})

/** One sentence on stderr that names what is wrong, nothing on stdout, exit 2, no stack. */
function refused(args: readonly string[], ...says: readonly (string | RegExp)[]): void {
  const { code, out, err } = vdoctor(args)
  assert.is(code, 2, err)
  assert.is(out, '')
  assert.not.match(err, /^\s+at /m)
  for (const text of says) assert.match(err, text)
  assert.ok(err.trim().split('\n').length <= 6, err)
}

describe('bad input', (it) => {
  it('is refused in one sentence: --from', () => {
    refused(['check', '--from', '/no/such/folder'], '/no/such/folder', '--from takes a folder')
    refused(['check', '--from', folderWith({ a: '' })], 'manifest.jsonl')
    refused(['check', '--from', folderWith({ 'manifest.jsonl': 'x\n' })], 'manifest.jsonl:1')
    refused(['facts', '--from', '/no/such/folder'], '/no/such/folder')
    refused(['bundle', '--from', recorded, '--unpacked', recorded], 'not empty')
  })

  it('is refused in one sentence: names', () => {
    refused(['check', '--only', 'kmv'], 'kmv', 'did you mean "kvm"?')
    refused(['check', '--skip', 'no-such-thing-at-all'], 'no-such-thing-at-all')
    refused(['check', '--format', 'xml'], 'xml')
    refused(['explain', 'module-not-laoded'], 'did you mean "module-not-loaded"?')
    refused(['facts', 'kmv'], 'did you mean "kvm"?')
    refused(['chekc'], 'chekc')
    refused(['check', '--fial-on', 'error'], '--fial-on')
    refused(['rules', 'new', 'NoArea'], 'AREA/NAME')
  })

  it('is refused in one sentence: rules', () => {
    const folder = folderWith({ 'kvm/mine.yaml': rule.replace('kvm.active', 'kvm.actvie') })
    refused(
      ['check', '--from', recorded, '--rules', folder],
      /mine\.yaml:3: unknown fact kvm\.actvie, did you mean kvm\.active\?/,
    )
    refused(
      ['check', '--from', recorded, '--rules', folderWith({ 'kvm/module-not-loaded.yaml': rule })],
      'module-not-loaded',
      'taken',
    )
    refused(['check', '--from', recorded, '--rules', folderWith({ a: '' })], 'no rules in')
    refused(['rules', 'test', '/no/such'], '/no/such')
  })

  it('is refused in one sentence: waivers', () => {
    const waivers = (text: string): string => join(folderWith({ w: text }), 'w')
    refused(['check', '--from', recorded, '--waivers', '/no/such'], '/no/such')
    refused(
      [
        'check',
        '--from',
        recorded,
        '--waivers',
        waivers('- { rule: module-not-laoded, reason: r, until: 2027-01-01 }\n'),
      ],
      ':1:',
      'did you mean',
    )
    refused(
      ['check', '--from', recorded, '--waivers', waivers('- { rule: module-not-loaded, until: 2027-01-01 }\n')],
      ':1:',
      'reason',
    )
    refused(
      [
        'check',
        '--from',
        recorded,
        '--waivers',
        waivers('- { rule: module-not-loaded, reason: r, until: tomorrow }\n'),
      ],
      'date',
    )
    refused(['check', '--from', recorded, '--waivers', waivers('- [\n')], /:\d+:/)
  })

  it('of a machine is a gap, and the run goes on', () => {
    const root = folderWith({
      'proc/cpuinfo': '\0\u0001binary',
      'etc/os-release': 'ID=\u001b[31mevil\n',
      'proc/misc': 'x'.repeat(3_000_000),
    })
    mkdirSync(join(root, 'proc/modules'))
    writeFileSync(join(root, 'proc/version'), '')
    chmodSync(join(root, 'proc/version'), 0)
    const { code, out } = vdoctor(['check', '--from', root])
    assert.is(code, 0)
    assert.match(out, 'could not decide')
    assert.not.match(out, '\u001b')
  })
})
