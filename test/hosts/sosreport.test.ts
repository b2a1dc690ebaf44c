import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { everyAsk } from '../../src/engine/asks.ts'
import { command, file } from '../../src/evidence/ask.ts'
import { openRecording } from '../../src/hosts/recording.ts'
import { findProgram } from '../../src/hosts/run.ts'
import type { Answer } from '../../src/types.ts'
import { fileWith, tarOf } from '../archive/packed.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'
import { said, UNAME } from './said.ts'

const uname = command(['uname', '-srm'])

describe('a packed sosreport', (it) => {
  it('keeps of what is large what somebody asks for: outputs, and the ends of logs', async () => {
    const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('')
    const [log, dmesg] = [lines(200_000), lines(20_000)]
    const tar = await tarOf({
      'sosreport-a/proc/kallsyms': log,
      'sosreport-a/sos_commands/kernel/dmesg': dmesg,
      'sosreport-a/sos_strings/logs/var.log.syslog.tailed': log,
      'sosreport-a/var/log/messages': log,
      'sosreport-a/var/log/syslog': '-> ../../sos_strings/logs/var.log.syslog.tailed',
    })
    const { host } = await openRecording(fileWith(tar), everyAsk)
    const end = `…${log.slice(-1000)}`
    assert.is(await said(host, file('/var/log/messages', { fromEnd: true, maxBytes: 1000 })), end)
    assert.is(await said(host, file('/var/log/syslog', { fromEnd: true, maxBytes: 1000 })), end)
    assert.is(await said(host, command(['dmesg'])), dmesg)
    assert.is(await said(host, file('/proc/kallsyms', { maxBytes: 1 << 30 })), 'not-recorded')
    assert.is(await said(host, file('/proc/kallsyms')), 'too-big')
  })
})

describe('a sosreport that is cut off', (it) => {
  it('is known by its links, and tells of no folder as if it were whole', async () => {
    const tar = await tarOf({
      'sosreport-a/date': '-> sos_commands/date/date',
      'sosreport-a/etc/modprobe.d/a.conf': 'a\n',
      'sosreport-a/proc/cmdline': 'quiet\n',
      'sosreport-a/sos_commands/kernel/uname_-a': UNAME,
      'sosreport-a/sos_commands/late': 'x',
    })
    const whole = (await openRecording(fileWith(tar), everyAsk)).host
    assert.is(await said(whole, file('/etc/modprobe.d/*')), '{"kind":"expands","values":["/etc/modprobe.d/a.conf"]}')
    for (const [end, knows] of [
      [tar.indexOf('sos_commands/late') + 10, true],
      [tar.indexOf('sos_commands/kernel') + 10, false],
    ] as const) {
      const { host, note } = await openRecording(fileWith(tar.subarray(0, end)), everyAsk)
      assert.match(host.label, /^sosreport /)
      assert.match(note!, 'was read in part: it breaks off')
      assert.is(await said(host, file('/proc/cmdline')), 'quiet\n')
      assert.is(await said(host, file('/etc/modprobe.d/*')), 'not-recorded')
      assert.is(await said(host, uname), knows ? 'Linux 6.1.0-18-amd64 x86_64\n' : 'not-recorded')
    }
  })
})

describe('sos report of this machine', (it) => {
  it('holds what the machine itself answers', async () => {
    if (!needs('sos')) return
    const folder = mkdtempSync(join(tmpdir(), 'vdoctor-sos-'))
    const plugins = 'boot,block,date,dpkg,filesys,host,kernel,libvirt,memory,process,processor'
    const args = ['report', '--batch', '--quiet', '--only-plugins', plugins, '--tmp-dir', folder]
    execFileSync(findProgram('sos')!, args, { stdio: 'ignore' })
    const archive = join(
      folder,
      readdirSync(folder).find((name) => /\.tar\.\w+$/.test(name))!,
    )
    const { host, note } = await openRecording(archive, everyAsk)
    assert.is(note, null)
    assert.ok(Math.abs(Date.now() - host.at!.getTime()) < 120_000, String(host.at))
    const answers = await host.answer(everyAsk)
    const asked = (key: string): Answer | undefined => answers.find((answer) => answer.key === key)
    // What does not change from one moment to the next, as the machine itself has it.
    for (const path of ['/proc/cmdline', '/etc/fstab', '/proc/sys/kernel/tainted', '/proc/misc']) {
      const answer = asked(JSON.stringify({ file: path }))!
      assert.ok(answer.ok, path)
      if (answer.ok && answer.data.kind === 'file') assert.is(answer.data.text, readFileSync(path, 'utf8'), path)
    }
    const output = (...argv: [string, ...string[]]): string => {
      const answer = asked(JSON.stringify({ command: argv }))
      return answer?.ok && answer.data.kind === 'command' ? answer.data.stdout : ''
    }
    const own = (...argv: [string, ...string[]]): string =>
      execFileSync(argv[0], argv.slice(1), { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
    assert.is(output('uname', '-srm'), own('uname', '-srm'))
    const mounts = (text: string): string[] =>
      text
        .split('\n')
        .slice(1)
        .map((line) => line.split(/\s+/).at(-1)!)
        .sort()
    const recorded = mounts(output('df', '-klP'))
    for (const point of mounts(own('df', '-klP', '-x', 'tmpfs'))) assert.ok(recorded.includes(point), point)
    assert.match(output('ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'), /^1 0 [A-Z] \S+ \S+/m)
    assert.match(output('ps', '-ww', '-axo', 'pid,uid,etime,args'), /^1 0 [\d:-]+ \S+/m)
    assert.ok(answers.filter(({ ok }) => ok).length > 40)
  })
})
