import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { diffAnswers, diffLines } from '../../src/bundle/diff.ts'
import { verify } from '../../src/bundle/verify.ts'
import { BundleWriter } from '../../src/bundle/writer.ts'
import { openStored } from '../../src/cli/bundle/stored.ts'
import { askKey } from '../../src/evidence/ask.ts'
import type { Answer, Data, Gap, Question } from '../../src/types.ts'
import { describe } from '../describe.ts'

const answered = (question: Question, data: Data): Answer => ({ key: askKey(question), ms: 1, ok: true, data })
const text = (contents: string): Data => ({ kind: 'file', text: contents })
const lacks = (question: Question, gap: Gap): Answer => ({ key: askKey(question), ms: 1, ok: false, gap })
const answers = [
  answered({ file: '/etc/a' }, text('one\n')),
  answered({ command: ['ls'] }, { kind: 'command', stdout: 'out\n', stderr: 'err\n', exit: 1 }),
  answered({ link: '/etc/l' }, { kind: 'link', target: 'a' }),
  lacks({ file: '/etc/none' }, 'absent'),
]

function recorded(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'vdoctor-')), 'bundle')
  const writer = new BundleWriter(folder, '0.0.0', new Date(0))
  for (const answer of answers) writer.add(answer)
  writer.make('report.txt', 'all is well\n')
  writer.close()
  return folder
}

async function faults(spoil: (folder: string) => void): Promise<readonly string[]> {
  const folder = recorded()
  spoil(folder)
  const { cut, files, manifest } = await openStored(folder)
  return [...(cut === null ? [] : [cut]), ...verify(manifest, files).faults]
}

describe('a bundle that is verified', (it) => {
  it('is as it was recorded', async () => {
    const { files, manifest } = await openStored(recorded())
    assert.equal(verify(manifest, files), { faults: [], sums: 4, without: 0 })
  })

  const manifestOf = (folder: string): string => join(folder, 'manifest.jsonl')
  const spoilt: [string, (folder: string) => void, RegExp][] = [
    ['changed, as long as before', (f) => writeFileSync(join(f, 'files/etc/a'), 'two\n'), /^\/etc\/a: .*was changed/],
    ['longer', (f) => appendFileSync(join(f, 'files/etc/a'), 'x'), /has 5 bytes, and had 4/],
    ['gone', (f) => rmSync(join(f, 'files/etc/a')), /files\/etc\/a is missing/],
    [
      'changed in its errors',
      (f) => writeFileSync(join(f, 'commands/001-ls.err'), 'xxx\n'),
      /^stderr of ls: .*was changed/,
    ],
    [
      'changed in its report',
      (f) => writeFileSync(join(f, 'report.txt'), 'all is lost\n'),
      /^report.txt: .*was changed/,
    ],
    ['larger by a file', (f) => writeFileSync(join(f, 'files/etc/b'), 'x'), /^files\/etc\/b is not in the manifest/],
    [
      'answering twice',
      (f) => appendFileSync(manifestOf(f), '{"ask":{"link":"/etc/l"},"outcome":"ok","target":"b"}\n'),
      /^link \/etc\/l is answered twice, and not alike/,
    ],
    [
      'leading out',
      (f) => appendFileSync(manifestOf(f), '{"ask":{"file":"/x"},"outcome":"ok","data":"../../x"}\n'),
      /^\/x: \.\.\/\.\.\/x leads out/,
    ],
    [
      'giving one file to two',
      (f) => appendFileSync(manifestOf(f), '{"ask":{"file":"/x"},"outcome":"ok","data":"files/etc/a"}\n'),
      /^files\/etc\/a belongs to two items/,
    ],
    ['cut off', (f) => appendFileSync(manifestOf(f), '{"ask":{"file":"/x"'), /last line was cut off/],
  ]
  for (const [how, spoil, sentence] of spoilt) {
    it(`is seen to be ${how}`, async () => {
      const found = await faults(spoil)
      assert.is(found.length, 1, found.join('; '))
      assert.match(found[0]!, sentence)
    })
  }

  it('may answer twice alike, as the collector does', async () => {
    const found = await faults((folder) => {
      const again = readFileSync(manifestOf(folder), 'utf8').split('\n').slice(1, 3).join('\n')
      appendFileSync(manifestOf(folder), `${again}\n`)
    })
    assert.equal(found, [])
  })
})

describe('two bundles', (it) => {
  it('differ in what was added, is gone, answers otherwise, or says something else', () => {
    const after = [
      answered({ file: '/etc/a' }, text('one\ntwo\n')),
      lacks({ command: ['ls'] }, 'timeout'),
      lacks({ file: '/etc/none' }, 'absent'),
      answered({ file: '/etc/new' }, text('')),
    ]
    assert.equal(diffAnswers(answers, after), [
      { key: '{"file":"/etc/a"}', how: 'changed', lines: ['+ two'] },
      { key: '{"command":["ls"]}', how: 'outcome', before: 'ok', after: 'timeout' },
      { key: '{"link":"/etc/l"}', how: 'gone' },
      { key: '{"file":"/etc/new"}', how: 'added' },
    ])
    assert.equal(diffAnswers(answers, answers), [])
  })

  it('show lines that lead from one to the other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const changes = diffLines(a, b)!
        const left: string[] = [...a]
        for (const line of changes.filter((one) => one.startsWith('-')))
          assert.ok(left.includes(line.slice(2)) && left.splice(left.indexOf(line.slice(2)), 1))
        const fresh = changes.filter((one) => one.startsWith('+')).map((one) => one.slice(2))
        assert.equal([...left, ...fresh].sort(), [...b].sort())
      }),
    )
    assert.equal(diffLines(['a', 'x', 'c'], ['a', 'y', 'c']), ['- x', '+ y'])
    assert.is(diffLines(Array.from({ length: 500 }, String), []), null)
  })
})
