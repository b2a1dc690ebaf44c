import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { everyAsk } from '../../src/engine/asks.ts'
import { command, file } from '../../src/evidence/ask.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { LiveHost } from '../../src/hosts/live.ts'
import { SshHost } from '../../src/hosts/ssh/host.ts'
import { sessionScript } from '../../src/hosts/ssh/session.ts'
import { type Answer, type Ask, UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'
import { asks, same } from './every-kind.ts'
import { argumentsOf, below, until } from './processes.ts'
import { factsOf, sameFacts } from './same-facts.ts'
import { freePort, leftFiles, Sshd } from './sshd.ts'
import { vdoctor } from '../vdoctor.ts'
import { faultsOf } from './shellcheck.ts'

const quick = asks.filter(({ timeoutMs }) => timeoutMs === undefined)
const SHELLS = ['dash', 'bash', 'busybox sh', 'mksh', 'posh']

/** Names of the kernel's modules; a kernel without any has no such file. */
const loaded = (): string =>
  existsSync('/proc/modules') ? readFileSync('/proc/modules', 'utf8').replace(/^(\S+).*$/gm, '$1') : ''

async function refusal(host: SshHost, some: readonly Ask[] = quick): Promise<string> {
  try {
    await host.answer(some)
  } catch (error) {
    if (error instanceof UserError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  return 'it answered'
}

if (needs('sshd') && needs('ssh')) {
  const sshd = await Sshd.start()
  const closedPort = await freePort()
  const ssh = (address: string, silenceMs = 20_000): SshHost => new SshHost(address, { probe: false, silenceMs })

  describe('a machine over ssh', (it) => {
    it(`answers as the machine itself does, whatever its shell: ${SHELLS.join(', ')}`, async () => {
      const wanted = await new LiveHost().answer(asks)
      const shells = SHELLS.filter((shell) => needs(shell.split(' ')[0]!))
      const hosts = shells.map((shell) => ssh(sshd.host(`with-${shell.replace(' ', '-')}`, `exec ${shell}`)))
      for (const answers of await Promise.all(hosts.map((host) => host.answer(asks)))) same(answers, wanted)
      assert.ok(await sshd.isClean(3_000), `left: ${leftFiles()} ${JSON.stringify(below(sshd.pid))}`)
    })

    for (const [name, login] of [
      ['csh', 'exec tcsh -c \\"$COMMAND\\"'],
      ['fish', 'exec fish -c \\"$COMMAND\\"'],
    ] as const)
      it(`does not mind ${name} as login shell`, async () => {
        if (!needs(name === 'csh' ? 'tcsh' : name)) return
        same(await ssh(sshd.host(name, login)).answer(quick), await new LiveHost().answer(quick))
      })

    it('gives the same facts as the machine itself', async () => {
      const host = ssh(sshd.host('plain'))
      const before = await factsOf(new LiveHost())
      sameFacts(await factsOf(host), before, await factsOf(new LiveHost()))
      assert.is(host.label, 'ssh plain')
      assert.ok(Math.abs(host.at.getTime() - Date.now()) < 60_000)
    })

    it('asks what only a probe may ask where it was allowed', async () => {
      const probe = command(['echo', 'opened'], { probe: true })
      const address = sshd.host('probed')
      same(await ssh(address).answer([probe]), await new LiveHost().answer([probe]))
      const [answer] = await new SshHost(address, { probe: true }).answer([probe])
      assert.is(answer!.ok && answer!.data.kind === 'command' && answer!.data.stdout, 'opened\n')
    })

    it('keeps every byte, and does not mind what looks like our own lines', async () => {
      const odd = ['A{}\\nD\\n\\nZ\\n', '\\n\\n\\nx', 'no end', '\\n', 'E\\nD', '\\303\\251\\377 \\001'].map((text) =>
        command(['printf', text]),
      )
      const errors = command(['sh', '-c', 'printf "\\nD1\\n\\n" >&2; printf "2\\nA"'])
      same(await ssh(sshd.host('bytes')).answer([...odd, errors]), await new LiveHost().answer([...odd, errors]))
    })

    it('goes through a jump host', async () => {
      sshd.host('between')
      const host = ssh(sshd.host('behind', '', ['ProxyJump between']))
      same(await host.answer(quick), await new LiveHost().answer(quick))
      assert.ok(await sshd.isClean(3_000))
    })

    it('skips the greeting of a login', async () => {
      const address = sshd.host('greets', 'printf \\"Welcome\\\\nto the machine \\"; exec /bin/sh -c \\"$COMMAND\\"')
      same(await ssh(address).answer(quick), await new LiveHost().answer(quick))
    })
  })

  describe('a machine over ssh that does not let us in', (it) => {
    const cases: [string, () => string, RegExp, number?][] = [
      [
        'wants a password',
        () => sshd.host('password', '', [`IdentityFile ${sshd.folder}/stranger`, 'IdentityAgent none']),
        /password did not let us in \(it takes: publickey.*\) \| vdoctor never asks for passwords: set up a key or an agent, and try: ssh password true/,
      ],
      [
        'has another key than it had',
        () => sshd.host('changed', '', [`UserKnownHostsFile ${sshd.folder}/changed_hosts`]),
        /changed shows another host key than the one that .*changed_hosts.* has \| Somebody may be listening in/,
      ],
      [
        'has a key that nobody knows',
        () => sshd.host('unknown', '', ['UserKnownHostsFile /dev/null']),
        /the host key of unknown is not known yet \| .*compare the key: ssh unknown true/,
      ],
      [
        'has a name that nobody knows',
        () => 'ssh://no-such-host.invalid',
        /there is no host called no-such-host.invalid/,
      ],
      [
        'runs no sshd',
        () => `ssh://127.0.0.1:${closedPort}`,
        /127.0.0.1 refused the connection \| .*Try: ssh -p \d+ 127.0.0.1 true/,
      ],
      [
        'has no shell for us',
        () => sshd.host('nologin', 'exec /usr/sbin/nologin'),
        /nologin started no POSIX shell for us; it said: This account is currently not available/,
      ],
      [
        'is a device that prints what it hears',
        () => sshd.host('router', 'echo router#; exec cat'),
        /router started no POSIX shell for us; it said: router#/,
        2_000,
      ],
      [
        'hangs at the login',
        () => sshd.host('hangs', 'exec sleep 307'),
        /hangs said nothing for 2 s \| It hangs/,
        2_000,
      ],
      ['ends at once', () => sshd.host('ends', 'exit 0'), /ends started no POSIX shell for us/],
      [
        'knows SFTP only',
        () => sshd.host('sftp', 'exec /usr/lib/openssh/sftp-server'),
        /sftp started no POSIX shell|sftp said nothing/,
        2_000,
      ],
    ]
    const said = cases.map(([, address, , silenceMs]) => refusal(ssh(address(), silenceMs)))
    for (const [index, [what, , sentence]] of cases.entries())
      it(`says that it ${what}, and the way out`, async () => {
        assert.match(await said[index]!, sentence)
      })

    it('is left as it was', async () => {
      await Promise.all(said)
      assert.ok(await sshd.isClean(4_000), JSON.stringify(below(sshd.pid)))
    })

    it('says that something listens and is no sshd', async () => {
      const silent = createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
        0,
        '127.0.0.1',
      )
      silent.unref()
      await new Promise((resolve) => silent.on('listening', resolve))
      const { port } = silent.address() as { port: number }
      assert.match(
        await refusal(ssh(`ssh://127.0.0.1:${port}`)),
        /closed the connection|ssh to 127.0.0.1 failed|did not answer/,
      )
      silent.close()
    })

    for (const address of [
      'ssh://-oProxyCommand=x',
      'ssh://a b',
      'ssh://',
      'ssh://root:secret@a',
      'ssh://a/b',
      'ssh://-l@a',
      'ssh://a:99999',
      'ssh://$(id)',
      'ssh:a',
    ])
      it(`refuses ${address}`, () => {
        assert.throws(
          () => ssh(address),
          (error: unknown) => error instanceof UserError && error.hint !== undefined,
        )
      })
  })

  describe('a connection that does not last', (it) => {
    /** Slow enough to be broken in the middle. */
    const slow: Ask[] = [
      file('/proc/version'),
      file('/proc/cpuinfo'),
      command(['sh', '-c', 'sleep 303; echo late']),
      file('/proc/uptime'),
    ]
    const cut = (answers: readonly Answer[]): string[] =>
      answers.map((answer) => (answer.ok ? 'ok' : `${answer.gap}: ${answer.detail}`))
    const sleeper = () => below(sshd.pid).find(({ pid }) => argumentsOf(pid).endsWith('303'))

    it('keeps what came before it broke', async () => {
      const said: string[] = []
      const host = new SshHost(sshd.host('breaks'), { probe: false, onBreak: (sentence) => said.push(sentence) })
      const asked = host.answer(slow)
      await until(() => sleeper() !== undefined, 10_000)
      for (const { pid, name } of below(sshd.pid)) if (name === 'sshd') process.kill(pid, 'SIGKILL')
      const answers = await asked
      assert.equal(cut(answers).slice(0, 2), ['ok', 'ok'])
      assert.match(cut(answers)[2]!, /^not-recorded: the connection to breaks broke: /)
      assert.match(said.join('\n'), /^the connection to breaks broke: .*; 2 answers came before, and are used$/)
      assert.is(answers.length, 4)
      assert.ok(await until(() => leftFiles().length === 0 && sleeper() === undefined, 5_000))
    })

    it('keeps what came before the other end fell silent', async () => {
      const asked = ssh(sshd.host('stops'), 2_500).answer(slow)
      await until(() => sleeper() !== undefined, 10_000)
      const stopped = below(sshd.pid).filter(({ name }) => name === 'sh')
      for (const { pid } of stopped) process.kill(pid, 'SIGSTOP')
      assert.match(cut(await asked)[2]!, /^timeout: stops said nothing for 2.5 s/)
      for (const { pid } of stopped) process.kill(pid, 'SIGCONT')
      assert.ok(await sshd.isClean(5_000), JSON.stringify(below(sshd.pid)))
    })

    it('leaves nothing there, whenever we are killed', async () => {
      const address = sshd.host('killed')
      const main = `import('./src/hosts/ssh.ts').then(async ({ SshHost }) => {
        const { everyAsk } = await import('./src/engine/asks.ts')
        await new SshHost('${address}', { probe: false }).answer(everyAsk)
      })`
      const victims = Array.from({ length: 12 }, async (_, n) => {
        const child = spawn(process.execPath, ['--import', 'tsx', '-e', main], { stdio: 'ignore', detached: true })
        const ended = new Promise((resolve) => child.on('close', resolve))
        await new Promise((resolve) => setTimeout(resolve, 800 + Math.random() * 3_000))
        try {
          // Ours alone, or with ssh.
          process.kill(n % 2 === 0 ? child.pid! : -child.pid!, 'SIGKILL')
        } catch {
          // It was faster.
        }
        await ended
      })
      await Promise.all(victims)
      assert.ok(await sshd.isClean(8_000), `left: ${leftFiles()} ${JSON.stringify(below(sshd.pid))}`)
    })

    it('ends what hangs there, and goes on', async () => {
      const some = [command(['sh', '-c', 'trap "" TERM; sleep 305'], { timeoutMs: 1_000 }), file('/proc/version')]
      assert.equal(cut(await ssh(sshd.host('goes-on')).answer(some)), ['timeout: no answer within 1 s', 'ok'])
      assert.ok(await sshd.isClean(4_000), JSON.stringify(below(sshd.pid)))
    })

    it('is asked by the commands too, and then closed', async () => {
      const address = sshd.host('asked')
      const before = await factsOf(new LiveHost())
      const modules = loaded()
      const folder = join(sshd.folder, 'recorded')
      const checked = vdoctor(['check', '--from', address, '--fail-on', 'never'])
      assert.is(checked.code, 0, checked.err)
      assert.match(checked.out, /^vdoctor \S+ · ssh asked · /)
      assert.match(vdoctor(['facts', 'platform', '--from', address]).out, /^platform/m)
      assert.is(vdoctor(['diagnose', '--from', address], { input: 'all is well\n' }).code, 0)
      assert.is(vdoctor(['bundle', '--from', address, '--unpacked', folder]).code, 0)
      sameFacts(await factsOf(new BundleHost(folder)), before, await factsOf(new LiveHost()))
      assert.is(loaded(), modules)
      const refused = vdoctor(['check', '--from', 'ssh://no-such-host.invalid'])
      assert.is(refused.code, 2)
      assert.is(refused.out, '')
      assert.ok(await sshd.isClean(4_000))
      sshd.stop()
    })

    it('gets a script that shellcheck finds no fault with', () => {
      if (!needs('shellcheck')) return
      const script = join(sshd.folder, 'session.sh')
      writeFileSync(script, sessionScript(everyAsk, 'nonce', false))
      assert.is(faultsOf(script), '')
    })
  })
}
