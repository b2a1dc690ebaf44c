import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { TarEntry } from 'modern-tar'
import * as assert from 'uvu/assert'
import type { Contents } from '../../src/archive/contents.ts'
import { expand, follow } from '../../src/archive/contents.ts'
import { FolderContents } from '../../src/archive/folder.ts'
import { openContents } from '../../src/archive/open.ts'
import { readTar } from '../../src/archive/tar.ts'
import { UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { needs } from '../needs.ts'
import { execFileSync } from 'node:child_process'
import { fileWith, tarOf } from './packed.ts'

const LIMITS = { maxBytes: 1 << 20, fromEnd: false }
const nothing = (): null => null
const none = (): Promise<() => null> => Promise.resolve(nothing)

function text(contents: Contents, path: string): string {
  const found = follow(contents, path)
  if (found === null) return 'nothing'
  const read = contents.read(found, LIMITS)
  return 'bytes' in read ? read.bytes.toString() : read.failed
}

const opened = async (entries: Parameters<typeof tarOf>[0]): Promise<Contents> =>
  openContents(fileWith(await tarOf(entries)), none)

/** The header alone of a file of this size. */
async function headerOf(name: string, size: number): Promise<Buffer> {
  const header = (await tarOf({ [name]: '' })).subarray(0, 512)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  header.fill(' ', 148, 156)
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  )
  return header
}

async function refusal(path: string): Promise<string> {
  try {
    await openContents(path, none)
  } catch (error) {
    assert.instance(error, UserError)
    return `${(error as UserError).message} | ${(error as UserError).hint}`
  }
  return ''
}

describe('an archive that means harm', (it) => {
  it('names nothing outside itself', async () => {
    const contents = await opened({
      '../up': 'x',
      'a/../../b': 'x',
      '/etc/abs': 'inside',
      'out/passwd': '-> ../../../../../etc/passwd',
      'out/abs': '-> /etc/abs',
      'out/loop': '-> loop',
      'hard/abs': '=> etc/abs',
      'hard/out': '=> ../../etc/passwd',
      'hard/self': '=> hard/self',
      dir: '-> /etc',
      ok: 'fine',
    })
    assert.equal(contents.names('/'), ['dir', 'etc', 'hard', 'ok', 'out'])
    assert.is(text(contents, '/out/abs'), 'inside')
    assert.is(text(contents, '/dir/abs'), 'inside')
    assert.is(text(contents, '/hard/abs'), 'inside')
    assert.is(text(contents, '/out/passwd'), 'nothing')
    assert.is(text(contents, '/out/loop'), 'nothing')
    assert.is(text(contents, '/hard/out'), 'nothing')
    assert.is(text(contents, '/hard/self'), 'nothing')
    assert.is(text(contents, '/../../ok'), 'fine')
  })

  it('has devices, FIFOs and doubles: the ones are passed over, of the others the last counts', async () => {
    const device = (name: string, type: 'character-device' | 'fifo'): TarEntry => ({ header: { name, size: 0, type } })
    const file = (name: string, body: string): TarEntry => ({ header: { name, size: body.length }, body })
    const contents = await opened([
      device('dev/mem', 'character-device'),
      device('dev/fifo', 'fifo'),
      file('twice', 'first'),
      file('twice', 'last'),
      file('was/a/file', 'x'),
      file('was', 'no folder any more'),
    ])
    assert.is(text(contents, '/dev/mem'), 'no-file')
    assert.is(text(contents, '/dev/fifo'), 'no-file')
    assert.is(text(contents, '/twice'), 'last')
    assert.is(contents.names('/was'), null)
  })

  it('has a million entries: it is read as far as memory allows', async () => {
    const one = (await tarOf({ 'f/0000000': '' })).subarray(0, 512)
    async function* headers(): AsyncGenerator<Buffer> {
      for (let block = 0; block < 1000; block++) yield Buffer.concat(Array<Buffer>(1000).fill(one))
    }
    const contents = await readTar(headers(), nothing)
    assert.match(contents.cut!, 'only its first 150000 entries')
  })

  it('has a gigabyte of zeros in a few kilobytes: it is not kept, and more than that is not unpacked', async () => {
    const zeros = gzipSync(Buffer.alloc(16 << 20))
    const header = await headerOf('zeros', 1 << 30)
    const before = process.memoryUsage().rss
    const path = fileWith(Buffer.concat([gzipSync(header), ...Array<Buffer>(64).fill(zeros)]))
    const started = performance.now()
    await openContents(path, none).catch((error: unknown) => assert.instance(error, UserError))
    assert.ok(performance.now() - started < 20_000)
    assert.ok(process.memoryUsage().rss - before < 200 << 20)
  })

  it('is bounded where it grows without measure', async () => {
    if (!needs('bzip2')) return
    const packed = execFileSync('sh', ['-c', 'head -c 300M /dev/zero | bzip2 -1'], { maxBuffer: 1 << 24 })
    assert.match(await refusal(fileWith(packed)), /is no archive that can be read: /)
  })
})

describe('what is no archive', (it) => {
  const cases: [string, Buffer | string, string][] = [
    ['nothing', '', 'is empty'],
    ['a text', 'hello\n'.repeat(200), 'is no archive that can be read'],
    ['a zip', Buffer.from('PK\x03\x04aaaa'), 'is a zip | Unpack it'],
    ['a message for a key', Buffer.from([0x85, 1, 0x0c, 3, 1, 2, 3]), 'is encrypted | Decrypt it first'],
    ['a message with a passphrase', Buffer.from([0x8c, 0x0d, 4, 9, 3, 2]), 'is encrypted | Decrypt it first'],
    ['an armoured message', '-----BEGIN PGP MESSAGE-----\n', 'is encrypted | Decrypt it first'],
    ['what openssl encrypted', 'Salted__abcdefgh', 'is encrypted'],
    ['a packed text', gzipSync('hello\n'.repeat(200)), 'is no archive that can be read'],
    ['a broken gzip', gzipSync('hello\n'.repeat(200)).subarray(0, 20), 'is no archive that can be read'],
    ['a broken xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2, 3]), 'is no archive that can be read'],
  ]
  for (const [name, bytes, says] of cases)
    it(`is refused with a way out: ${name}`, async () => {
      assert.match(await refusal(fileWith(bytes)), says)
    })

  it('is refused where it is not there', async () => {
    assert.match(await refusal('/no/such/file'), 'ENOENT')
    if (existsSync('/dev/null')) assert.match(await refusal('/dev/null'), 'neither a file nor a folder')
  })
})

describe('a folder', (it) => {
  const folder = new FolderContents(
    folderWith({
      'a/b': 'text',
      'a/.hidden': 'x',
      link: '-> a',
      'a/out': '-> ../../../../../../etc/passwd',
      'c[1]': 'x',
    }),
  )

  it('is read as an archive is', () => {
    assert.is(text(folder, '/a/b'), 'text')
    assert.is(text(folder, '/link/b'), 'text')
    assert.is(text(folder, '/a/out'), 'nothing')
    assert.is(text(folder, '/a'), 'no-file')
    assert.equal(folder.names('/none'), null)
  })

  it('answers globs', () => {
    assert.equal(expand(folder, '/*/b'), ['/a/b', '/link/b'])
    assert.equal(expand(folder, '/a/[!o]*'), ['/a/b'])
    assert.equal(expand(folder, '/a/.h*'), ['/a/.hidden'])
    assert.equal(expand(folder, '/?/b'), ['/a/b'])
    assert.equal(expand(folder, '/[b-z]*'), ['/c[1]', '/link'])
  })
})
