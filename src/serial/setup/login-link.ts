import { all } from '../../evidence/result.ts'
import { type Link, link } from './console-path.ts'
import { type HostFacts, words } from './host-facts.ts'
import { isOwn, mayBeOwn, type OwnConsole } from './kernel-link.ts'
import { loginLines } from './login-lines.ts'

/** Somebody can log in there. */
export function loginLink(facts: HostFacts, own: OwnConsole, baud: number): Link {
  const fix = loginLines(facts, own.device, baud)
  return link(
    'login',
    words(facts.console.gettyDevices),
    (devices) => {
      const found = devices.filter((name) => isOwn(own, name) || name === 'console')
      const doubtful = mayBeOwn(own, devices)
      if (found.length === 0 && doubtful !== undefined)
        return {
          state: 'unknown',
          says: `a login prompt is on ${doubtful}; whether that belongs to Xen is not known`,
          fix,
        }
      return found.length > 0
        ? { state: 'ok', says: `a login prompt is on ${found.join(', ')}` }
        : {
            state: 'missing',
            says: `login prompts are on ${devices.join(', ') || 'no device'}, and none on ${own.device}`,
            fix,
          }
    },
    fix,
  )
}

/** Root may log in there: asked only where PAM obeys /etc/securetty, and there is a prompt. */
export function rootLink({ console }: HostFacts, own: OwnConsole): Link[] {
  const { restricted } = console
  if (restricted.ok && !restricted.value) return []
  const read = all(restricted, words(console.securetty), words(console.gettyDevices))
  const fix = [{ where: '/etc/securetty', lines: [own.device] }]
  return [
    link(
      'root login',
      read,
      ([, allowed, devices]) => {
        const prompts = devices.filter((name) => isOwn(own, name) || name === 'console')
        const wanted = prompts.length > 0 ? prompts : [own.device]
        const open = wanted.find((name) => allowed.includes(name))
        return open === undefined
          ? { state: 'missing', says: `/etc/securetty does not list ${wanted.join(', ')}: root is sent away`, fix }
          : { state: 'ok', says: `/etc/securetty lists ${open}` }
      },
      fix,
    ),
  ]
}
