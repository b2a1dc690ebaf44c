import fastGlob from 'fast-glob'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'

/** From the facts of a machine to findings. */
const JUDGING = ['engine', 'signatures', 'facts', 'parse', 'evidence', 'types'] as const

/** What each room may know of. Arrows run one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  types: [],
  evidence: ['types'],
  parse: ['evidence', 'types'],
  facts: ['parse', 'evidence', 'types'],
  signatures: ['parse', 'evidence', 'types'],
  engine: ['facts', 'signatures', 'parse', 'evidence', 'types'],
  archive: ['types'],
  logfile: ['archive', 'types'],
  serial: ['engine', 'signatures', 'facts', 'parse', 'evidence', 'types'],
  migration: ['engine', 'facts', 'parse', 'evidence', 'types'],
  bundle: ['evidence', 'types'],
  hosts: ['archive', 'bundle', 'parse', 'evidence', 'types'],
  reporters: ['engine', 'serial', 'migration', 'signatures', 'facts', 'parse', 'evidence', 'types'],
  cli: ['reporters', 'serial', 'migration', 'hosts', 'archive', 'bundle', 'logfile', ...JUDGING],
  commands: ['cli', 'serial', 'migration', 'reporters', 'hosts', 'bundle', ...JUDGING],
  main: ['commands', 'cli'],
}
const LONGEST = 300
const NINE_IN_TEN = 180
const MEDIAN = 80

const files = fastGlob.sync('src/**/*.ts').sort()
const room = (path: string): string =>
  path
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .split('/')[0]!
const imports = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, to]) =>
    normalize(join(dirname(path), to!)),
  )

describe('the house', (it) => {
  it('has files to look at', () => {
    assert.ok(files.length > 30)
  })

  it('lets arrows run one way', () => {
    const wrong = files.flatMap((path) =>
      imports(path)
        .filter((to) => room(to) !== room(path) && !MAY_IMPORT[room(path)]?.includes(room(to)))
        .map((to) => `${path} → ${to}`),
    )
    assert.equal(wrong, [])
  })

  it('has no circle', () => {
    const open = new Set<string>()
    const done = new Set<string>()
    const visit = (path: string): void => {
      if (done.has(path)) return
      assert.not.ok(open.has(path), `a circle through ${path}: ${[...open].join(' → ')}`)
      open.add(path)
      imports(path).forEach(visit)
      open.delete(path)
      done.add(path)
    }
    files.forEach(visit)
  })

  it('keeps files short', () => {
    const lengths = files.map((path) => readFileSync(path, 'utf8').split('\n').length - 1).sort((a, b) => a - b)
    assert.ok(lengths.at(-1)! <= LONGEST, `the longest has ${lengths.at(-1)} lines`)
    assert.ok(
      lengths[Math.floor(lengths.length * 0.9)]! <= NINE_IN_TEN,
      `one in ten has ${lengths[Math.floor(lengths.length * 0.9)]} or more`,
    )
    assert.ok(
      lengths[Math.floor(lengths.length / 2)]! <= MEDIAN,
      `the median is ${lengths[Math.floor(lengths.length / 2)]}`,
    )
  })

  it('touches disks, processes and sockets of the patient in hosts only', () => {
    const judging = files.filter((path) => ['types', 'evidence', 'parse', 'facts', 'reporters'].includes(room(path)))
    assert.equal(
      judging.filter((path) =>
        /from 'node:(fs|child_process|net|os|http)|from 'execa'|from 'fast-glob'/.test(readFileSync(path, 'utf8')),
      ),
      [],
    )
  })

  it('loads serialport in no more than one file', () => {
    assert.ok(files.filter((path) => readFileSync(path, 'utf8').includes("'serialport'")).length <= 1)
  })

  it('gives every test a place beside what it tests', () => {
    const rooms = new Set(files.map(room))
    const lost = fastGlob
      .sync('test/*/**/*.test.ts')
      .filter(
        (path) => !rooms.has(path.split('/')[1]!) && path.split('/')[1] !== 'house' && path.split('/')[1] !== 'rules',
      )
    assert.equal(lost, [])
  })
})
