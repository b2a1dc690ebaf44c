import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../../src/hosts/run.ts'
import { below, until } from './processes.ts'

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** Temporary files of ours on this machine, which is also the far side. */
export const leftFiles = (): string[] =>
  ['/dev/shm', '/run', '/tmp'].flatMap((folder) =>
    readdirSync(folder).filter((name) => /^vdoctor\.[0-9a-f]{16}$/.test(name)),
  )

/**
 * A real sshd of our own, and an `ssh` in front of the user's PATH that knows its hosts. Every host is this machine; what its login shell
 * does is what `login` says, in which `$COMMAND` is what was asked for.
 */
export class Sshd {
  readonly folder = mkdtempSync(join(tmpdir(), 'vdoctor-sshd-'))
  readonly port: number
  readonly #server: ChildProcess
  readonly #path = process.env['PATH']

  private constructor(port: number) {
    this.port = port
    const at = (name: string): string => join(this.folder, name)
    for (const name of ['host', 'user', 'stranger', 'other'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)])
    writeFileSync(at('authorized'), readFileSync(at('user.pub')))
    const [type, key] = readFileSync(at('host.pub'), 'utf8').split(' ')
    const [, otherKey] = readFileSync(at('other.pub'), 'utf8').split(' ')
    writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${type} ${key}\n`)
    writeFileSync(at('changed_hosts'), `[127.0.0.1]:${port} ${type} ${otherKey}\n`)
    writeFileSync(
      at('login'),
      '#!/bin/sh\nCOMMAND=$SSH_ORIGINAL_COMMAND\neval "${LC_LOGIN:-exec /bin/sh -c \\"\\$COMMAND\\"}"\n',
    )
    chmodSync(at('login'), 0o755)
    writeFileSync(
      at('sshd_config'),
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${at('host')}`,
        `AuthorizedKeysFile ${at('authorized')}`,
        `ForceCommand ${at('login')}`,
        'AcceptEnv LC_LOGIN',
        'StrictModes no',
        'PermitRootLogin yes',
        'UsePAM no',
        'PidFile none',
        'MaxStartups 100',
      ].join('\n'),
    )
    mkdirSync(at('bin'))
    writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec ${findProgram('ssh')} -F ${at('config')} "$@"\n`)
    chmodSync(at('bin/ssh'), 0o755)
    writeFileSync(at('config'), '')
    process.env['PATH'] = `${at('bin')}:${this.#path}`
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true })
    this.#server = spawn(findProgram('sshd')!, ['-D', '-e', '-f', at('sshd_config')], { stdio: 'ignore' })
    // A test that fails keeps nobody waiting for it.
    this.#server.unref()
    process.on('exit', () => this.#server.kill())
  }

  static async start(): Promise<Sshd> {
    const sshd = new Sshd(await freePort())
    await until(() => answers(sshd.port), 5_000)
    return sshd
  }

  get pid(): number {
    return this.#server.pid!
  }

  /** Makes a host known to ssh, with more lines of configuration; gives its address. */
  host(name: string, login = '', more: readonly string[] = []): string {
    const usual = [
      'HostName 127.0.0.1',
      `Port ${this.port}`,
      `User ${userInfo().username}`,
      `IdentityFile ${join(this.folder, 'user')}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${join(this.folder, 'known_hosts')}`,
      'GlobalKnownHostsFile /dev/null',
      ...(login ? [`SetEnv LC_LOGIN="${login}"`] : []),
    ]
    const keyword = (line: string): string => line.split(' ')[0]!
    const lines = [...more, ...usual.filter((line) => !more.some((one) => keyword(one) === keyword(line)))]
    const config = join(this.folder, 'config')
    const known = existsSync(config) ? readFileSync(config, 'utf8') : ''
    writeFileSync(config, `${known}\nHost ${name}\n${lines.map((line) => `  ${line}\n`).join('')}`)
    return `ssh://${name}`
  }

  /** Nothing runs below it any more, and no file is there. */
  isClean(ms: number): Promise<boolean> {
    return until(() => below(this.pid).length === 0 && leftFiles().length === 0, ms)
  }

  stop(): void {
    process.env['PATH'] = this.#path
    this.#server.kill()
  }
}

function answers(port: number): boolean {
  try {
    execFileSync('bash', ['-c', `read -t 1 line </dev/tcp/127.0.0.1/${port}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
