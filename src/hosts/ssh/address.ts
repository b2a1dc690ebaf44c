import { UserError } from '../../types.ts'

/** Where a machine is reached: what `ssh://root@web1:2222` says. What it leaves out is for the user's own configuration of ssh to say. */
export interface SshAddress {
  readonly host: string
  readonly user?: string
  readonly port?: string
}

const SCHEME = 'ssh://'
export const isSshAddress = (text: string): boolean => text.startsWith(SCHEME)

const HINT = 'Write ssh://[USER@]HOST[:PORT], such as ssh://root@web1 or ssh://root@[2001:db8::1]:2222.'
// What a name may be made of; nothing that ssh could take for an option, or a shell of its ProxyCommand for a command.
const HOST = /^[A-Za-z0-9_.:%-]+$/
const USER = /^[A-Za-z0-9_.+@\\-]+\$?$/

/** Throws a UserError where it is none. */
export function parseSshAddress(text: string): SshAddress {
  const match = /^ssh:\/\/(?:(.*)@)?(?:\[([^\]]*)\]|([^/@:]*))(?::(\d+))?\/?$/.exec(text)
  if (!match) throw new UserError(`${text} is no address for ssh`, HINT)
  const [, user, bracketed, plain, port] = match
  const host = bracketed ?? plain!
  if (user?.includes(':'))
    throw new UserError(
      'an address for ssh holds no password',
      'Set up a key or an agent; vdoctor never asks for passwords.',
    )
  if (!HOST.test(host) || host.startsWith('-')) throw new UserError(`"${host}" is no name of a host`, HINT)
  if (user !== undefined && (!USER.test(user) || user.startsWith('-')))
    throw new UserError(`"${user}" is no name of a user`, HINT)
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535))
    throw new UserError(`there is no port ${port}`, HINT)
  return { host, ...(user !== undefined && { user }), ...(port !== undefined && { port }) }
}

/** `root@web1`, as one would type it after ssh; IPv6 in brackets only where a port follows. */
export const addressText = ({ host, user, port }: SshAddress): string =>
  `${user === undefined ? '' : `${user}@`}${port === undefined ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`}`

/** What to type to try it by hand. */
export const tryIt = ({ host, user, port }: SshAddress): string =>
  ['ssh', ...(port === undefined ? [] : ['-p', port]), `${user === undefined ? '' : `${user}@`}${host}`, 'true'].join(
    ' ',
  )
