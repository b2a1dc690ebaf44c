import { UserError } from '../../types.ts'
import { type SshAddress, tryIt } from './address.ts'

/** How a connection ended before anything came of it. */
export interface SshEnd {
  /** What ssh and the other end wrote to stderr. */
  readonly stderr: string
  /** What came on stdout in place of our greeting. */
  readonly noise: string
  readonly exit: number | undefined
  /** How long nothing came; undefined where it ended by itself. */
  readonly silentMs?: number
}

/** ssh's own code for what is its own fault, or the network's. */
const SSH_FAILED = 255

/** `Permission denied (publickey,password).` and its sisters, each with the way out. OpenSSH prints them since 2.x; they are not translated. */
const KNOWN: readonly [RegExp, (host: string, by: string, match: RegExpExecArray) => [string, string]][] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED(?:[^]*?Offending \S+ key in (\S+))?/,
    (host, by, [, file]) => [
      `${host} shows another host key than the one that ${file ?? 'known_hosts'} has`,
      `Somebody may be listening in, or it was installed anew. Find out which; only then forget the old key (ssh-keygen -R) and try: ${by}`,
    ],
  ],
  [
    /Host key verification failed/,
    (host, by) => [
      `the host key of ${host} is not known yet`,
      `vdoctor trusts no key by itself. Log in once by hand and compare the key: ${by}`,
    ],
  ],
  [
    /Permission denied \(([^)]*)\)|Too many authentication failures/,
    (host, by, [, methods]) => [
      `${host} did not let us in${methods === undefined ? '' : ` (it takes: ${methods})`}`,
      `vdoctor never asks for passwords: set up a key or an agent, and try: ${by}`,
    ],
  ],
  [
    /Could not resolve hostname (\S+?):? /,
    (host, by) => [
      `there is no host called ${host}`,
      `Neither the network nor the configuration of ssh knows it. Try: ${by}`,
    ],
  ],
  [
    /[Cc]onnection refused/,
    (host, by) => [
      `${host} refused the connection`,
      `No ssh server listens there, or a filter is in between. Try: ${by}`,
    ],
  ],
  [
    /timed out|Operation timed out/,
    (host, by) => [`${host} did not answer in time`, `It is off, unreachable or filtered. Try: ${by}`],
  ],
  [
    /No route to host|[Nn]etwork is unreachable/,
    (host, by) => [`${host} cannot be reached`, `There is no way to its network. Try: ${by}`],
  ],
  [
    /no matching ([a-z ]+) found\. Their offer: (\S+)/,
    (host, by, [, what, offer]) => [
      `${host} and this ssh have no ${what} in common; it offers ${offer}`,
      `Old machines know old methods only. Allow one for this host alone in ~/.ssh/config, and try: ${by}`,
    ],
  ],
  [
    /kex_exchange_identification|banner exchange|Connection (closed|reset) by/,
    (host, by) => [
      `${host} closed the connection before anybody could log in`,
      `Its ssh server may be overloaded, forbid our address, or be another service. Try: ${by}`,
    ],
  ],
]

const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find(Boolean)
    ?.slice(0, 200) ?? ''

/** The sentence for it. */
export function sshError(end: SshEnd, address: SshAddress): UserError {
  const { host } = address
  const by = tryIt(address)
  const { stderr, noise, exit, silentMs } = end
  const said = firstLine(noise) || firstLine(stderr)
  if (exit === SSH_FAILED || exit === undefined)
    for (const [pattern, sentence] of KNOWN) {
      const match = pattern.exec(stderr)
      if (match) return new UserError(...sentence(host, by, match))
    }
  if (silentMs !== undefined && said === '')
    return new UserError(`${host} said nothing for ${silentMs / 1000} s`, `It hangs, or its login does. Try: ${by}`)
  if (exit === SSH_FAILED && silentMs === undefined)
    return new UserError(`ssh to ${host} failed${said && `: ${said}`}`, `Try: ${by}`)
  return new UserError(
    `${host} started no POSIX shell for us${said && `; it said: ${said}`}`,
    'vdoctor needs an account that may run commands with /bin/sh: no router, no forced command, no nologin.',
  )
}
