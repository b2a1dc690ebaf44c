import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { askKey, command, file, link, list, stat } from '../../src/evidence/ask.ts'
import { LiveHost } from '../../src/hosts/live.ts'
import type { Answer, Ask } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { folderWith, program } from './machine-folder.ts'

const answer = async (ask: Ask, options?: { probe: boolean }): Promise<Answer> => {
  const answers = await new LiveHost(options).answer([ask])
  return answers.find(({ key }) => key === askKey(ask))!
}
const gap = async (ask: Ask): Promise<string> => {
  const got = await answer(ask)
  return got.ok ? `no gap: ${JSON.stringify(got.data)}` : got.gap
}

describe('live host: files', (it) => {
  it('reads, follows links, and says why it could not', async () => {
    const root = folderWith({ 'a/b': 'text\n', link: '-> a/b', dangling: '-> nowhere' })
    const read = await answer(file(join(root, 'link')))
    assert.equal(read.ok && read.data, { kind: 'file', text: 'text\n' })
    assert.is(await gap(file(join(root, 'dangling'))), 'absent')
    assert.is(await gap(file(join(root, 'a/b/c'))), 'absent')
    assert.is(await gap(file(join(root, 'a'))), 'malformed')
    assert.is(await gap(file(join(root, 'a/b'), { maxBytes: 3 })), 'too-big')
  })

  it('reads the end of a log', async () => {
    const root = folderWith({ log: 'one\ntwo\nthree\n' })
    const read = await answer(file(join(root, 'log'), { maxBytes: 6, fromEnd: true }))
    assert.equal(read.ok && read.data, { kind: 'file', text: 'three\n', truncated: true })
  })

  it('does not open what is no file: a pipe would hold it for ever', async () => {
    const root = folderWith({})
    spawnSync('mkfifo', [join(root, 'pipe')])
    assert.is(await gap(file(join(root, 'pipe'))), 'malformed')
  })

  it('gives up on a loop of links', async () => {
    const root = folderWith({ one: '-> two', two: '-> one' })
    assert.is(await gap(file(join(root, 'one'))), 'malformed')
  })

  it('lists, stats and reads links', async () => {
    const root = folderWith({ 'f/b': '', 'f/a': '12', 'f/l': '-> a' })
    const listed = await answer(list(join(root, 'f')))
    assert.equal(listed.ok && listed.data, { kind: 'list', names: ['a', 'b', 'l'] })
    const status = await answer(stat(join(root, 'f/l')))
    assert.is(status.ok && status.data.kind === 'stat' && status.data.stat.size, 2)
    const linked = await answer(link(join(root, 'f/l')))
    assert.equal(linked.ok && linked.data, { kind: 'link', target: 'a' })
  })

  it('answers a glob with its paths, each with an answer of its own', async () => {
    const root = folderWith({ 'x1/v': 'one', 'x2/v': 'two', 'y/v': 'no' })
    const answers = await new LiveHost().answer([file(join(root, 'x*/v'))])
    assert.equal(
      answers
        .map((one) => (one.ok && one.data.kind === 'file' ? one.data.text : one.ok ? one.data.kind : one.gap))
        .sort(),
      ['expands', 'one', 'two'],
    )
  })

  it('knows that nothing matches where nothing is', async () => {
    const got = await answer(file(join(folderWith({}), 'nothing/*')))
    assert.equal(got.ok && got.data, { kind: 'expands', values: [] })
  })
})

describe('live host: commands', (it) => {
  it('keeps the streams and the exit code apart, in the C locale, with nothing on standard input', async () => {
    const got = await answer(command(['sh', '-c', 'echo "$LC_ALL"; echo bad >&2; cat; exit 3']))
    assert.equal(got.ok && got.data, { kind: 'command', stdout: 'C\n', stderr: 'bad\n', exit: 3 })
  })

  it('knows that a program is not installed', async () => {
    assert.is(await gap(command(['no-such-program'])), 'absent')
  })

  it('stops one that hangs, with all its children, in its own time', async () => {
    const started = Date.now()
    assert.is(await gap(command(['sh', '-c', '(setsid sleep 30 &) ; sleep 30'], { timeoutMs: 200 })), 'timeout')
    assert.ok(Date.now() - started < 3_000)
  })

  it('stops one that floods', async () => {
    assert.is(await gap(command(['yes'], { maxBytes: 1_000 })), 'too-big')
  })

  it('asks a backend that hung no second question', async () => {
    const hang: Ask = { command: ['sh', '-c', 'sleep 30'], timeoutMs: 200, backend: 'libvirt' }
    const others = ['1', '2', '3', '4'].map((n): Ask => ({
      command: ['sh', '-c', `sleep 20; echo ${n}`],
      timeoutMs: 400,
      backend: 'libvirt',
    }))
    const started = Date.now()
    const answers = await new LiveHost().answer([hang, ...others])
    assert.ok(Date.now() - started < 1_500, 'each would have cost its own limit')
    assert.ok(answers.every((one) => !one.ok && one.gap === 'timeout'))
    assert.ok(answers.some((one) => !one.ok && /was not asked again/.test(one.detail ?? '')))
  })

  it('asks each line of another answer, and refuses what could be an option', async () => {
    const each: Ask = {
      each: { command: ['printf', 'vm1 x\n-rf y\nvm2 z\n'] },
      pick: '^[^ ]+',
      ask: { command: ['echo', 'name', '{}'] },
    }
    const answers = await new LiveHost().answer([each])
    const outputs = answers.flatMap((one) => (one.ok && one.data.kind === 'command' ? [one.data.stdout] : []))
    assert.equal(outputs.filter((text) => text.startsWith('name')).sort(), ['name vm1\n', 'name vm2\n'])
    assert.not.ok(answers.some(({ key }) => key.includes('"name","-rf"')))
  })
})

describe('live host: what is not asked', (it) => {
  it('does not run a command whose daemon does not run, whose module is not loaded, or whose path is not there', async () => {
    const root = folderWith({})
    const mark = join(root, 'ran')
    const touch = program(root, 'touch-it', `: > ${mark}`)
    const conditions = [{ daemon: ['no-such-daemon'] }, { module: 'no_such_module' }, { path: join(root, 'no') }]
    for (const condition of conditions) assert.is(await gap(command([touch], { if: condition })), 'withheld')
    assert.is(await gap(file(mark)), 'absent')
  })

  it('probes only when it may', async () => {
    const ask = command(['echo', 'opened'], { probe: true })
    assert.is((await answer(ask)).ok, false)
    assert.is((await answer(ask, { probe: true })).ok, true)
  })

  it('finds a daemon that runs', async () => {
    assert.is(
      (await answer(command(['true'], { if: { daemon: [process.title.slice(0, 15), 'node', 'MainThread'] } }))).ok,
      true,
    )
  })
})
