import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { BundleWriter } from '../../src/bundle/writer.ts'
import { command, file, list, stat } from '../../src/evidence/ask.ts'
import { Evidence } from '../../src/evidence/evidence.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { collectorScript } from '../../src/hosts/collector.ts'
import { LiveHost } from '../../src/hosts/live.ts'
import { TreeHost } from '../../src/hosts/tree.ts'
import { type Answer, type Ask, UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'
import { asks, machine, same } from './every-kind.ts'
import { folderWith } from './machine-folder.ts'
import { faultsOf } from './shellcheck.ts'

const filesBelow = (folder: string): { path: string; text: string }[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }))

const isUserError = (error: unknown): boolean => error instanceof UserError

const live = await new LiveHost().answer(asks)
const newFolder = (): string => join(mkdtempSync(join(tmpdir(), 'vdoctor-')), 'bundle')

function record(answers: readonly Answer[]): string {
  const folder = newFolder()
  const writer = new BundleWriter(folder, '0.0.0', new Date('2026-01-02T03:04:05Z'))
  for (const answer of answers) writer.add(answer)
  writer.close()
  return folder
}

describe('a recorded machine', (it) => {
  it('answers as the machine did', async () => {
    const host = new BundleHost(record(live))
    same(await host.answer(asks), live)
    assert.is(host.at.toISOString(), '2026-01-02T03:04:05.000Z')
  })

  it('does not know what was not asked', async () => {
    const [answer] = await new BundleHost(record(live)).answer([file('/etc/other')])
    assert.is(!answer!.ok && answer!.gap, 'not-recorded')
  })

  it('is a bundle after every line, and a line that was cut off does not count', async () => {
    const folder = record(live.slice(0, 3))
    appendFileSync(join(folder, 'manifest.jsonl'), '{"ask":{"file":"/etc/cut"},"outc')
    same(
      (await new BundleHost(folder).answer(asks)).filter((answer) => answer.ok).slice(0, 3),
      live.slice(0, 3).filter((one) => one.ok),
    )
  })

  it('says which line of a manifest is damaged, and refuses what is none', () => {
    const folder = record(live)
    const path = join(folder, 'manifest.jsonl')
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, [lines[0], 'no json', ...lines.slice(2)].join('\n'))
    assert.throws(
      () => new BundleHost(folder),
      (error: unknown) => error instanceof UserError && /manifest.jsonl:2/.test(error.message),
    )
    writeFileSync(path, '{"bundle":99,"recorded":"2026-01-01T00:00:00Z"}\n')
    assert.throws(
      () => new BundleHost(folder),
      (error: unknown) => error instanceof UserError && /newer vdoctor/.test(error.message),
    )
    writeFileSync(path, '{"some":"thing"}\n')
    assert.throws(() => new BundleHost(folder), isUserError)
  })

  it('reads nothing outside its folder, whatever its manifest says', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, '..', 'secret'), 'not yours')
    const entry = { ask: { file: '/a' }, outcome: 'ok', data: '../secret' }
    writeFileSync(
      join(folder, 'manifest.jsonl'),
      `{"bundle":1,"recorded":"2026-01-01T00:00:00Z"}\n${JSON.stringify(entry)}\n`,
    )
    const [answer] = await new BundleHost(folder).answer([file('/a')])
    assert.is(!answer!.ok && answer!.gap, 'not-recorded')
  })

  it('is not written over anything', () => {
    assert.throws(() => new BundleWriter(machine, '0', new Date()), isUserError)
  })

  it('holds no known secret', () => {
    const texts: [string, string][] = [
      ['<graphics type="vnc" passwd=\'hunter2\'/>', 'libvirt'],
      ['vncpasswd="hunter2"', 'xl'],
      ["vfb=['vnc=1,vncpasswd=hunter2,vncunused=1']", 'xl vfb'],
      ["(vncpasswd 'hunter2')", 'xend'],
      ['"passwd": "hunter2",', 'xl list -l'],
      ['password --md5 hunter2', 'grub'],
      ['password_pbkdf2 root hunter2', 'grub 2'],
      ['iscsi://user:hunter2@10.0.0.1/iqn', 'url'],
      ['-object secret,id=a,data=hunter2', 'qemu'],
    ]
    const answers = texts.map(([text, name]): Answer => ({
      key: JSON.stringify({ file: `/etc/${name}` }),
      ms: 0,
      ok: true,
      data: { kind: 'file', text },
    }))
    answers.push({
      key: '{"command":["x"]}',
      ms: 0,
      ok: true,
      data: { kind: 'command', stdout: texts[0]![0], stderr: texts[7]![0], exit: 0 },
    })
    const folder = record(answers)
    assert.is(spawnSync('grep', ['-rl', 'hunter2', folder]).stdout.toString(), '')
    assert.is(
      spawnSync('grep', ['-rlc', 'REDACTED', folder]).stdout.toString().trim().split('\n').length,
      texts.length + 2,
    )
  })
})

describe('the collector script', (it) => {
  const script = join(folderWith({}), 'collect.sh')

  it('takes the same secrets out', async () => {
    const root = folderWith({ 'a.cfg': 'vncpasswd="hunter2"\nname="x"\n', 'b.xml': "<graphics passwd='hunter2'/>\n" })
    const wide = Buffer.from('\ufeffname="x"\r\nvncpasswd="hunter2"\r\n', 'utf16le')
    writeFileSync(join(root, 'little.cfg'), wide)
    writeFileSync(join(root, 'big.cfg'), Buffer.from(wide).swap16())
    const names = ['a.cfg', 'b.xml', 'little.cfg', 'big.cfg']
    const some = [...names.map((name) => file(join(root, name))), command(['cat', join(root, 'b.xml')])]
    const folder = newFolder()
    writeFileSync(script, collectorScript(some, '0.0.0'))
    execFileSync('sh', [script, '-u', folder], { stdio: 'pipe' })
    assert.is(spawnSync('grep', ['-rl', 'hunter2', folder]).stdout.toString(), '')
    for (const { path, text } of filesBelow(folder)) assert.not.match(text.replaceAll('\0', ''), 'hunter2', path)
    const collected = await new BundleHost(folder).answer(some)
    const recorded = await new BundleHost(record(await new LiveHost().answer(some))).answer(some)
    const isWide = ({ key }: Answer): boolean => /(little|big)\.cfg/.test(key)
    same(
      collected.filter((answer) => !isWide(answer)),
      recorded.filter((answer) => !isWide(answer)),
    )
    for (const ask of some.slice(2, 4))
      assert.equal(new Evidence(collected).text(ask), new Evidence(recorded).text(ask))
  })

  it('does not make what only a probe may ask, and says so', async () => {
    const mark = join(folderWith({}), 'opened')
    const probe = command(['touch', mark], { probe: true })
    writeFileSync(script, collectorScript([probe], '0.0.0'))
    const folder = newFolder()
    execFileSync('sh', [script, '-u', folder], { stdio: 'pipe' })
    same(await new BundleHost(folder).answer([probe]), await new LiveHost().answer([probe]))
    assert.not(existsSync(mark))
  })

  it('holds nothing that shellcheck finds fault with', () => {
    if (!needs('shellcheck')) return
    writeFileSync(script, collectorScript(asks, '0.0.0'))
    assert.is(faultsOf(script), '')
  })
})

describe('a bare tree', (it) => {
  const tree = folderWith({
    'proc/cpuinfo': 'processor : 0\n',
    'etc/abs': '-> /etc/real',
    'etc/real': 'yes\n',
    'etc/out': '-> ../../../../../etc/passwd',
    'sys/a1/v': '1',
  })
  const ask = async (one: Ask): Promise<string> => {
    const [answer] = await new TreeHost(tree).answer([one])
    return answer!.ok ? (answer!.data.kind === 'file' ? answer!.data.text : JSON.stringify(answer!.data)) : answer!.gap
  }

  it('answers from its files, and follows links as the machine would have', async () => {
    assert.is(await ask(file('/proc/cpuinfo')), 'processor : 0\n')
    assert.is(await ask(file('/etc/abs')), 'yes\n')
    assert.is(await ask(file('/sys/a*/v')), '{"kind":"expands","values":["/sys/a1/v"]}')
  })

  it('never says that something was not there', async () => {
    for (const one of [
      file('/etc/none'),
      stat('/etc/real'),
      command(['xl', 'info']),
      file('/var/*.log'),
      list('/boot'),
    ]) {
      assert.is(await ask(one), 'not-recorded')
    }
  })

  it('does not leave its root', async () => {
    assert.is(await ask(file('/etc/out')), 'not-recorded')
  })
})
