import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { filesOf, pack } from '../../src/bundle/pack.ts'
import { parseManifest } from '../../src/bundle/manifest.ts'
import { BundleWriter, type WriterOptions } from '../../src/bundle/writer.ts'
import { askKey } from '../../src/evidence/ask.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { type Answer, UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'

const holding = (path: string, text: string): Answer => ({
  key: askKey({ file: path }),
  ms: 1,
  ok: true,
  data: { kind: 'file', text },
})
const newFolder = (): string => join(mkdtempSync(join(tmpdir(), 'vdoctor-')), 'bundle')

function write(answers: readonly Answer[], options: WriterOptions = {}): { folder: string; writer: BundleWriter } {
  const folder = newFolder()
  const writer = new BundleWriter(folder, '0.0.0', new Date(0), options)
  for (const answer of answers) writer.add(answer)
  writer.close()
  return { folder, writer }
}

const read = async (folder: string, path: string): Promise<Answer> =>
  (await new BundleHost(folder).answer([{ file: path }]))[0]!
const textIn = (answer: Answer): string | null => (answer.ok && answer.data.kind === 'file' ? answer.data.text : null)

describe('the folder of a bundle', (it) => {
  it('is for its owner alone', () => {
    const { folder } = write([holding('/etc/a', 'a')])
    assert.is(statSync(folder).mode & 0o777, 0o700)
    for (const name of filesOf(folder, '')) assert.is(statSync(join(folder, name)).mode & 0o777, 0o600, name)
  })

  it('takes any path, and gives what no file can be called a number', async () => {
    const paths = [
      '/etc/a',
      '/etc/a/b',
      '/etc/',
      '/',
      '/e/../../../up',
      '/new\nline',
      '/back\\slash',
      '/ümlaut',
      `/${'long'.repeat(99)}`,
      '/with space',
    ]
    const { folder } = write(paths.map((path) => holding(path, `in ${path}`)))
    for (const path of paths) assert.is(textIn(await read(folder, path)), `in ${path}`, path)
    for (const name of filesOf(folder, '')) assert.match(name, /^[\x20-\x5b\x5d-\x7e]+$/)
    assert.equal(readdirSync(join(folder, '..')), ['bundle'])
  })

  it('keeps the first of two answers', async () => {
    const { folder, writer } = write([holding('/etc/a', 'first'), holding('/etc/a', 'second')])
    assert.is(textIn(await read(folder, '/etc/a')), 'first')
    assert.is(writer.count, 1)
  })

  it('holds no more than it may, and says so where something is left out', async () => {
    const answers = [holding('/etc/small', 'x'), holding('/etc/large', 'y'.repeat(50_000)), holding('/etc/other', 'z')]
    const { folder } = write(answers, { maxBytes: 10_000 })
    const large = await read(folder, '/etc/large')
    assert.ok(!large.ok && large.gap === 'too-big' && /10000 bytes/.test(large.detail!))
    assert.is(textIn(await read(folder, '/etc/other')), 'z')
  })

  it('tells in its header what it is a part of, and what was made beside the answers', () => {
    const folder = newFolder()
    const about = { only: ['kvm'], since: '2026-01-01T00:00:00.000Z', anonymized: true as const }
    const writer = new BundleWriter(folder, '1.2.3', new Date(0), { about })
    assert.ok(writer.make('report.txt', 'fine\n'))
    writer.close()
    const { header, made } = parseManifest(readFileSync(join(folder, 'manifest.jsonl'), 'utf8'), 'manifest')
    assert.equal(header, { bundle: 1, vdoctor: '1.2.3', recorded: '1970-01-01T00:00:00.000Z', by: 'bundle', ...about })
    assert.equal(
      made.map(({ made: name, bytes }) => [name, bytes]),
      [['report.txt', 5]],
    )
  })
})

describe('a packed bundle', (it) => {
  it('is the same whoever packs it when, for its owner alone, and what tar reads', async () => {
    const { folder } = write([holding('/etc/b', 'b\n'), holding('/etc/a', 'a\n')])
    const [one, two] = [join(folder, '../one.tar.gz'), join(folder, '../two.tgz')]
    await pack(folder, one, new Date(0))
    await pack(folder, two, new Date(0))
    assert.ok(readFileSync(one).equals(readFileSync(two)))
    assert.is(statSync(one).mode & 0o777, 0o600)
    assert.is(
      spawnSync('tar', ['-tzf', one], { encoding: 'utf8' }).stdout,
      'manifest.jsonl\nfiles/etc/a\nfiles/etc/b\n',
    )
  })

  it('is never written over anything, and leaves nothing behind', async () => {
    const { folder } = write([holding('/etc/a', 'a')])
    const target = join(folder, '../there.tar.gz')
    writeFileSync(target, 'mine')
    try {
      await pack(folder, target, new Date(0))
      assert.unreachable()
    } catch (error) {
      assert.instance(error, UserError)
    }
    assert.is(readFileSync(target, 'utf8'), 'mine')
    assert.equal(readdirSync(join(folder, '..')).sort(), ['bundle', 'there.tar.gz'])
  })

  it('is refused where its name says nothing of how, or this Node cannot', async () => {
    const refuses = async (target: string): Promise<boolean> => {
      const { folder } = write([])
      return pack(folder, join(folder, '..', target), new Date(0)).then(
        () => false,
        (error: unknown) => error instanceof UserError,
      )
    }
    assert.ok(await refuses('a.zip'))
    const hasZstd = 'createZstdCompress' in (await import('node:zlib'))
    assert.is(await refuses('a.tar.zst'), !hasZstd)
    assert.not(existsSync('a.zip'))
  })
})
