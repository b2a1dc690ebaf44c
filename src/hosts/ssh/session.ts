import type { Ask } from '../../types.ts'
import { shellFunctions, shellLines } from '../shell-script.ts'
import type { SshAddress } from './address.ts'

const CONNECT_SECONDS = 15

/**
 * ssh asks nothing, opens nothing beside our own channel, and is as strict with host keys as its user has it. A master connection that
 * is there already is used, but none is left behind.
 */
const OPTIONS = [
  'BatchMode=yes',
  `ConnectTimeout=${CONNECT_SECONDS}`,
  'ServerAliveInterval=15',
  'ServerAliveCountMax=3',
  'ControlMaster=no',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'Compression=yes',
  'LogLevel=ERROR',
]

/** What every login shell understands, csh and fish too. It reads what to do from its input (posh knows no -s). */
const REMOTE_COMMAND = 'exec /bin/sh'

export function sshArguments({ host, user, port }: SshAddress): string[] {
  const options = OPTIONS.flatMap((option) => ['-o', option])
  return [...options, ...(user ? ['-l', user] : []), ...(port ? ['-p', port] : []), '--', host, REMOTE_COMMAND]
}

/**
 * What the shell there reads from its input: one function, so that it has read all before it starts, and its input stays open as the
 * sign that we are there.
 */
export function sessionScript(asks: readonly Ask[], nonce: string, probe: boolean): string {
  const functions = shellFunctions('stream')
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
  return [
    'vdoctor() {',
    ...functions,
    `begin ${nonce}`,
    ...shellLines(asks, { probe }),
    'complete=yes',
    'exit',
    '}',
    'vdoctor',
    '',
  ].join('\n')
}
