import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { openLog } from '../../src/logfile/open.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'vdoctor-logs-'))
const TEXT = 'first line\nsecond lïne\n'

async function read(name: string, data: Buffer | string): Promise<string> {
  const path = join(folder, name)
  writeFileSync(path, data)
  const log = await openLog(path)
  if ('file' in log) return readFileSync(log.file, 'utf8')
  const { text } = log
  const pieces: Buffer[] = []
  for await (const piece of text) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

async function refusal(name: string, data: Buffer | string): Promise<string> {
  try {
    await read(name, data)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('opening logs', (it) => {
  it('reads plain text, and nothing', async () => {
    assert.is(await read('plain', TEXT), TEXT)
    assert.is(await read('empty', ''), '')
  })

  it('unpacks gzip', async () => {
    assert.is(await read('x.gz', gzipSync(TEXT)), TEXT)
    assert.is(await read('x.gz', gzipSync(TEXT.repeat(100_000))), TEXT.repeat(100_000))
  })

  it('says where gzip breaks off, and gives what came before', async () => {
    const noise = Array.from({ length: 60_000 }, (_, index) => `${Math.sin(index)}\n`).join('')
    const packed = gzipSync(noise)
    writeFileSync(join(folder, 'cut.gz'), packed.subarray(0, packed.length - 1000))
    const log = await openLog(join(folder, 'cut.gz'))
    assert.ok('text' in log)
    const { text } = log as Extract<typeof log, { text: unknown }>
    let got = ''
    let message = ''
    try {
      for await (const piece of text) got += piece.toString()
    } catch (error) {
      message = (error as Error).message
    }
    assert.match(message, 'unexpected end of file')
    assert.ok(got.length > 100_000 && noise.startsWith(got))
  })

  for (const program of ['xz', 'zstd'] as const)
    it(`unpacks ${program}`, async () => {
      if (!needs(program)) return
      const text = TEXT.repeat(10_000)
      assert.is(await read(`x.${program}`, execFileSync(program, ['-c'], { input: text })), text)
    })

  it('reads UTF-16 with and without its mark', async () => {
    const wide = Buffer.from(TEXT, 'utf16le')
    assert.is(await read('wide', wide), TEXT)
    assert.is(await read('marked', Buffer.concat([Buffer.from([0xff, 0xfe]), wide])), TEXT)
    assert.is(await read('swapped', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(wide).swap16()])), TEXT)
  })

  it('reads journals in JSON, a line for a line', async () => {
    const entry = {
      MESSAGE: 'two\nlines',
      __REALTIME_TIMESTAMP: '1700000000000000',
      _HOSTNAME: 'web1',
      SYSLOG_IDENTIFIER: 'libvirtd',
      _PID: '7',
    }
    const bytes = { ...entry, MESSAGE: [104, 105] }
    const text = [entry, bytes].map((one) => JSON.stringify(one)).join('\n')
    assert.is(
      await read('journal', `${text}\nno json\n`),
      '2023-11-14T22:13:20.000Z web1 libvirtd[7]: two lines\n2023-11-14T22:13:20.000Z web1 libvirtd[7]: hi\nno json\n',
    )
  })

  it('keeps what a crash left in a text', async () => {
    const crashed = `before\n${'\0'.repeat(4000)}after\n`
    assert.is(await read('crashed', crashed), crashed)
  })

  it('refuses programs, folders, and what is not there, with a sentence', async () => {
    assert.match(await refusal('program', Buffer.from('\x7fELF\x02\x01\x01')), 'is no text')
    assert.match(
      await refusal('noise', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256))),
      'is no text',
    )
    assert.match(await refusal('x.bz2', Buffer.from('BZh91AY')), 'bzip2')
    assert.match(await openLog(folder).then(String, (error: Error) => error.message), 'is a folder')
    assert.match(await openLog(join(folder, 'none')).then(String, (error: Error) => error.message), 'ENOENT')
  })
})
