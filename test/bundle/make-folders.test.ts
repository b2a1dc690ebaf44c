import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { makeFolders } from '../../src/bundle/make-folders.ts'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'

const folder = mkdtempSync(join(tmpdir(), 'vdoctor-'))

describe('folders', (it) => {
  it('are made with those above them, for the owner alone, and may be there', () => {
    const deep = join(folder, 'a', 'b', 'c')
    makeFolders(deep)
    makeFolders(deep)
    assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o700)
    assert.equal(statSync(deep).mode & 0o777, 0o700)
  })

  it('are not made below a file', () => {
    writeFileSync(join(folder, 'file'), '')
    assert.throws(() => makeFolders(join(folder, 'file', 'x')), /ENOTDIR/)
  })

  it('that cannot be made below /proc end in a sentence, and not in a loop', () => {
    if (!existsSync('/proc/self')) return
    for (const args of [
      ['bundle', '--unpacked', '/proc/vdoctor/a'],
      ['rules', 'new', 'a/b', '--rules', '/proc/vdoctor'],
    ]) {
      const { code, err } = vdoctor(args)
      assert.equal(code, 2)
      assert.match(err, /^vdoctor: cannot write \/proc\/vdoctor/)
    }
  })
})
