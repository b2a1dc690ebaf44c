import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { UserError } from '../../types.ts'
import type { Connection, Source } from './source.ts'

/** Programs that refuse to show a console to anything but a terminal. */
const WANT_TERMINAL = /(?:^|\/)(?:virsh|xl|xm|ipmitool|ssh)$/

/** A command that prints a console, on a pseudo-terminal of its own where it demands one: `virsh console web1`. */
export const commandSource = (name: string, argv: readonly string[], terminal?: boolean): Source => ({
  name,
  what: `command ${argv.join(' ')}`,
  ...interactive(argv),
  open: () => open(argv, terminal ?? WANT_TERMINAL.test(argv[0] ?? '')),
})

/** `virsh -c URI console web1`, `xl console web1`: a console for somebody to type at, of which there is one. */
function interactive(argv: readonly string[]): Pick<Source, 'takes' | 'guest'> {
  const [program = '', ...words] = argv
  const guest = words[words.indexOf('console') + 1]
  if (!/(?:^|\/)(?:virsh|xl|xm)$/.test(program) || !words.includes('console') || guest === undefined) return {}
  const takes = /virsh$/.test(program)
    ? 'nobody else can open it meanwhile, and it is refused while somebody has it'
    : 'whoever else has it open gets a part of its bytes, and so do we'
  return { takes, guest }
}

function open(argv: readonly string[], terminal: boolean): Promise<Connection> {
  const { program, args, env } = terminal
    ? onTerminal(argv)
    : { program: argv[0]!, args: argv.slice(1), env: process.env }
  return new Promise((resolve, reject) => {
    // In a group of its own: a Ctrl-C for us is not for the console.
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env, detached: true })
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UserError(
          `${program}: ${error.code === 'ENOENT' ? 'not found' : (error.code ?? error.message)}`,
          terminal && program === 'script'
            ? 'A pseudo-terminal is made by script(1), of util-linux.'
            : 'Is it installed, and in the PATH?',
        ),
      ),
    )
    child.once('spawn', () => {
      child.stdin.on('error', () => undefined)
      const bytes = merge(child.stdout, child.stderr)
      child.once('exit', (code, signal) =>
        bytes.destroy(new Error(signal === null ? `it ended with ${code}` : `it was ended by ${signal}`)),
      )
      resolve({ bytes, close: () => end(child.pid) })
    })
  })
}

/** Its words reach the shell that script(1) starts by way of the environment: they are never part of what a shell reads as its own. */
function onTerminal(argv: readonly string[]): { program: string; args: string[]; env: NodeJS.ProcessEnv } {
  const words = argv.map((word, at) => [`VDOCTOR_WORD_${at}`, word] as const)
  const line = `exec ${words.map(([name]) => `"$${name}"`).join(' ')}`
  return {
    program: 'script',
    args: ['-q', '-e', '-f', '-c', line, '/dev/null'],
    env: { ...process.env, SHELL: '/bin/sh', ...Object.fromEntries(words) },
  }
}

/** Everything that is printed, until both streams have ended. */
function merge(...streams: readonly Readable[]): Readable {
  const all = new Readable({ read: () => streams.forEach((stream) => stream.resume()) })
  for (const stream of streams)
    stream.on('data', (bytes: Buffer) => all.push(bytes) || streams.forEach((one) => one.pause()))
  return all
}

function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  } catch {
    // It has ended.
  }
}
