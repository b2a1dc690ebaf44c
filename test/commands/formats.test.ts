import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { vdoctor } from '../vdoctor.ts'

const sick = 'fixtures/hosts/xen-dom0-broken'
const sound = 'fixtures/hosts/kvm-host'
const check = (...args: string[]) => vdoctor(['check', ...args])

describe('check --format', (it) => {
  it('writes several formats at once, files whole or not at all', () => {
    const folder = folderWith({ 'old.json': 'old' })
    const json = join(folder, 'old.json')
    const xml = join(folder, 'report.xml')
    const { code, out } = check(
      '--from',
      sick,
      '--format',
      `json:${json}`,
      '--format',
      'tap',
      '--format',
      `junit:${xml}`,
    )
    assert.is(code, 1)
    assert.match(out, /^TAP version 13\n/)
    assert.is((JSON.parse(readFileSync(json, 'utf8')) as { version: number }).version, 1)
    assert.match(readFileSync(xml, 'utf8'), /<\/testsuites>\n$/)
    assert.equal(readdirSync(folder).sort(), ['old.json', 'report.xml'])
  })

  it('prints nothing where every format has a file', () => {
    const file = join(folderWith({}), 'report')
    assert.equal(check('--from', sick, '--format', `text:${file}`), { code: 1, out: '', err: '' })
    assert.ok(existsSync(file))
  })

  it('refuses what it cannot do in a sentence', () => {
    assert.match(check('--format', 'jsn').err, 'there is no format "jsn"; did you mean "json"?')
    assert.match(check('--format', 'json', '--format', 'text').err, 'two formats would be written to one place')
    assert.match(check('--format', 'json:').err, 'names no file')
    const folder = folderWith({})
    mkdirSync(join(folder, 'sub'))
    const gone = join(folder, 'none', 'report.json')
    const { code, err } = check('--from', sound, '--format', `json:${gone}`)
    assert.is(code, 2)
    assert.match(err, `cannot write ${gone}: ENOENT`)
  })

  it('nagios: the plugin’s exit codes on standard output, the usual ones in a file', () => {
    assert.is(check('--from', sick, '--format', 'nagios').code, 2)
    assert.is(check('--from', sound, '--format', 'nagios', '--only', 'kvm').code, 0)
    assert.is(check('--from', sick, '--format', `nagios:${join(folderWith({}), 'n')}`).code, 1)
    const failed = check('--from', '/nonexistent', '--format', 'nagios')
    assert.is(failed.code, 3)
    assert.match(failed.out, /^VDOCTOR UNKNOWN - .*nonexistent/)
    assert.is(check('--format=nagios', '--nope').code, 3)
    assert.is(check('--nope', '--format', 'json').code, 2)
  })
})

describe('check of several machines', (it) => {
  it('gives a report each, in the order in which they were named, and one exit code', () => {
    const { code, out } = check('--from', sound, '--from', sick, '--format', 'json')
    assert.is(code, 1)
    assert.equal(
      (JSON.parse(out) as { host: string }[]).map(({ host }) => host),
      [`bundle ${sound}`, `bundle ${sick}`],
    )
    const text = check('--from', sound, '--from', sick, '--fail-on', 'never')
    assert.is(text.code, 0)
    assert.is(text.out.match(/^vdoctor \d/gm)!.length, 2)
  })

  it('lets one that cannot be read cost only its own report', () => {
    const damaged = folderWith({})
    writeFileSync(join(damaged, 'manifest.jsonl'), 'no JSON\n')
    const { code, out, err } = check('--from', damaged, '--from', sick)
    assert.is(code, 2)
    assert.match(out, `bundle ${sick}`)
    assert.match(err, 'not a line of JSON')
  })

  it('says of each why it cannot be read where none can', () => {
    const { code, out, err } = check('--from', '/nonexistent/a', '--from', '/nonexistent/b', '--format', 'json')
    assert.equal([code, out], [2, ''])
    assert.match(err, 'nonexistent/a')
    assert.match(err, 'nonexistent/b')
  })
})
