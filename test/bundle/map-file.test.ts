import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readMap, reveal, writeMap } from '../../src/bundle/map-file.ts'
import { UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'

const map = new Map([
  ['host-abc123', 'web1'],
  ['10.9.8.7', '10.1.0.7'],
  ['10.9.8.71', '10.1.0.71'],
])
const file = join(mkdtempSync(join(tmpdir(), 'vdoctor-')), 'a.map')
const refused = (call: () => unknown, words: RegExp): void =>
  assert.throws(call, (error: unknown) => error instanceof UserError && words.test(error.message))

describe('the map of an anonymized bundle', (it) => {
  it('comes back to who has the passphrase, and tells nothing to others', () => {
    writeMap(file, map, 'correct horse')
    assert.equal(readMap(file, 'correct horse'), map)
    assert.is(statSync(file).mode & 0o777, 0o600)
    assert.not.match(readFileSync(file, 'utf8'), /web1|host-abc123|correct/)
    refused(() => readMap(file, 'wrong horse'), /does not open/)
  })

  it('is never written over anything', () => {
    refused(() => writeMap(file, map, 'correct horse'), /there already/)
  })

  it('is refused where it was changed, and where it is none', () => {
    const sealed = JSON.parse(readFileSync(file, 'utf8')) as { data: string }
    const spoilt = {
      ...sealed,
      data: Buffer.from(sealed.data, 'base64')
        .map((byte) => byte ^ 1)
        .toString(),
    }
    writeFileSync(`${file}.spoilt`, JSON.stringify(spoilt))
    refused(() => readMap(`${file}.spoilt`, 'correct horse'), /does not open/)
    writeFileSync(`${file}.none`, 'none')
    refused(() => readMap(`${file}.none`, 'correct horse'), /no map/)
    refused(() => readMap('/no/such', 'correct horse'), /cannot read/)
  })

  it('puts the true names back, each where it stands by itself', () => {
    assert.is(
      reveal('host-abc123: 10.9.8.7, 10.9.8.71, 10.9.8.712, xhost-abc123', map),
      'web1: 10.1.0.7, 10.1.0.71, 10.9.8.712, xhost-abc123',
    )
    assert.is(reveal('as it is', new Map()), 'as it is')
  })
})
