import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { filesOf, pack } from '../../src/bundle/pack.ts'
import { BundleWriter } from '../../src/bundle/writer.ts'
import { everyAsk } from '../../src/engine/asks.ts'
import { askKey, isGlob, pathOf, withPath } from '../../src/evidence/ask.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import type { Answer, Data, Question } from '../../src/types.ts'
import { describe } from '../describe.ts'

/** A bird for each place; "password" is what a pattern finds it by. */
let birds = 0
const bird = (): string => `cAnArY${String(++birds).padStart(4, '0')}x`
const secret = (): string => `password=${bird()}`

const answered = (question: Question, data: Data): Answer => ({ key: askKey(question), ms: 1, ok: true, data })
const text = (contents: string): Data => ({ kind: 'file', text: contents })
const asHostsRead = (bytes: Buffer): string => bytes.toString('utf8')

/** A secret in every kind of item, and in every place of it. */
function seeded(): Answer[] {
  const told = everyAsk.flatMap((ask): Answer[] => {
    if ('each' in ask) return []
    if ('command' in ask)
      return [answered(ask, { kind: 'command', stdout: `a\n${secret()}\n`, stderr: `${secret()}\n`, exit: 1 })]
    const path = pathOf(ask)!
    const one = isGlob(path) ? withPath(ask, path.replace(/[*?[].*$/, 'member')) : ask
    if ('file' in one) return [answered(one, text(`# ${path}\n${secret()}\n`))]
    if ('link' in one) return [answered(one, { kind: 'link', target: `/x?${secret()}` })]
    return 'list' in one ? [answered(one, { kind: 'list', names: ['a', secret()] })] : []
  })
  const value = `/images/${secret()}`
  const each = { each: { file: '/etc/xen/a' }, ask: { command: ['ls', '-l', '{}'] } } as unknown as Question
  const utf16 = Buffer.from(`\ufeff"${secret()}"\r\n`.repeat(8), 'utf16le')
  return [
    ...told,
    answered(each, { kind: 'expands', values: [value] }),
    answered({ command: ['ls', '-l', value] }, { kind: 'command', stdout: '', stderr: `no ${value}\n`, exit: 2 }),
    answered({ file: value }, text('x\n')),
    {
      key: askKey({ stat: value }),
      ms: 0,
      ok: true,
      data: { kind: 'stat', stat: { type: 'file', mode: 0o600, uid: 0, gid: 0, size: 1 } },
    },
    { key: askKey({ file: '/etc/gap' }), ms: 0, ok: false, gap: 'malformed', detail: `exit 1: ${secret()}` },
    answered({ file: '/etc/little-endian' }, text(asHostsRead(utf16))),
    answered({ file: '/etc/big-endian' }, text(asHostsRead(Buffer.from(utf16).swap16()))),
    answered(
      { command: ['utf16'] },
      { kind: 'command', stdout: asHostsRead(utf16), stderr: asHostsRead(utf16), exit: 0 },
    ),
    answered(
      { file: '/etc/packed' },
      text(asHostsRead(gzipSync(Array.from({ length: 99 }, (_, n) => `${n * n} ${secret()}`).join('\n')))),
    ),
    answered(
      { file: '/etc/random' },
      text(asHostsRead(Buffer.from(Array.from({ length: 999 }, (_, n) => (n * 7919) % 256)))),
    ),
    answered({ file: '/etc/base64' }, text(`x ${Buffer.from(secret()).toString('base64')}\n`)),
    answered({ file: '/etc/base64-utf16' }, text(Buffer.from(secret(), 'utf16le').toString('base64'))),
    answered({ file: '/etc/nul' }, text(`qemu\0--password\0${bird()}\0`)),
    answered({ file: '/etc/cut' }, { kind: 'file', text: `${secret()}\n`, truncated: true }),
  ]
}

/** In any encoding that the seeds were written in. */
function birdsIn(bytes: Buffer): string[] {
  const plain = bytes.toString('latin1')
  const wide = plain.replaceAll('\0', '')
  const unwrapped = (plain.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? []).map((word) =>
    Buffer.from(word, 'base64').toString('latin1').replaceAll('\0', ''),
  )
  return [plain, wide, ...unwrapped].flatMap((one) => one.match(/cAnArY\d+x/g) ?? [])
}

const answers = seeded()
const folder = join(mkdtempSync(join(tmpdir(), 'vdoctor-')), 'bundle')
const declared = new Set(everyAsk.map((ask) => askKey(ask)))
const writer = new BundleWriter(folder, '0.0.0', new Date(0), { declared })
for (const answer of answers) writer.add(answer)
writer.make('report.txt', 'nothing\n')
writer.close()

describe('canaries', (it) => {
  it('were seeded, and would be seen', () => {
    assert.ok(birds > 250)
    assert.ok(new Set(birdsIn(Buffer.from(JSON.stringify(answers)))).size > 250)
    assert.ok(birdsIn(gunzipSync(gzipSync('cAnArY0001x'))).length > 0)
  })

  it('are in no byte of the folder, and in no name', () => {
    const names = filesOf(folder, '')
    assert.ok(names.length > 150)
    for (const name of names) {
      assert.equal(birdsIn(Buffer.from(name)), [])
      assert.equal(birdsIn(readFileSync(join(folder, name))), [], name)
    }
  })

  it('are in no byte of the file, packed or unpacked', async () => {
    const file = join(folder, '..', 'bundle.tar.gz')
    await pack(folder, file, new Date(0))
    const bytes = readFileSync(file)
    assert.equal(birdsIn(bytes), [])
    assert.equal(birdsIn(gunzipSync(bytes)), [])
    assert.match(execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }), /^manifest\.jsonl\n/)
  })

  it('left what is no secret: UTF-16 became text, and what is no text is a gap that says so', async () => {
    const read = async (path: string) => (await new BundleHost(folder).answer([{ file: path }]))[0]!
    for (const path of ['/etc/little-endian', '/etc/big-endian']) {
      const wide = await read(path)
      assert.ok(wide.ok && wide.data.kind === 'file' && wide.data.text.startsWith('"password=REDACTED"\r\n'), path)
    }
    for (const path of ['/etc/packed', '/etc/random']) {
      const none = await read(path)
      assert.ok(!none.ok && none.gap === 'malformed' && /no text/.test(none.detail!), path)
    }
  })
})
