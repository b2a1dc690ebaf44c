import { isUnknown } from '../../evidence/result.ts'
import type { Result, Source, Unknown } from '../../types.ts'

/** `unknown` is where nobody could look: never `ok`, never `missing`. */
export type State = 'ok' | 'missing' | 'unknown'

/** What mends a link, as it can be typed. */
export interface Fix {
  /** /etc/default/grub, "inside <devices>", "a shell (systemd)" */
  readonly where: string
  /** What opens it: virsh edit web1. */
  readonly editor?: readonly string[]
  readonly lines: readonly string[]
  /** The line that stands there now. */
  readonly insteadOf?: string | undefined
  /** A command that makes it take effect. */
  readonly run?: string | undefined
  readonly interrupts?: string | undefined
}

/** One thing that must be right for a console to work. */
export interface Link {
  /** hypervisor, kernel, login, root login, speed, device, log */
  readonly name: string
  readonly state: State
  readonly says: string
  readonly from: readonly Source[]
  readonly fix: readonly Fix[]
}

/** Everything between the chip and the login prompt of one machine. */
export interface ConsolePath {
  /** Name of the guest; "" for the machine itself. */
  readonly guest: string
  /** "a Xen dom0", "a kvm guest of libvirt" */
  readonly what: string
  /** Its console as its own kernel calls it: hvc0. */
  readonly device: string
  readonly state: State
  readonly links: readonly Link[]
}

export function makePath(guest: string, what: string, device: string, links: readonly Link[]): ConsolePath {
  const has = (state: State): boolean => links.some((link) => link.state === state)
  return { guest, what, device, state: has('missing') ? 'missing' : has('unknown') ? 'unknown' : 'ok', links }
}

type Verdict = Omit<Link, 'name' | 'from' | 'fix'> & { readonly fix?: readonly Fix[] }

/** Judges what is known; a gap is `unknown`, with what would mend it if it turned out to be missing. */
export function link<T>(
  name: string,
  result: Result<T> | Unknown,
  judge: (value: T) => Verdict,
  otherwise: readonly Fix[] = [],
): Link {
  if (isUnknown(result) || !result.ok) return unseen(name, gapText(result as Unknown), otherwise, [{ ask: result.ask }])
  const verdict = judge(result.value)
  return { name, from: result.from, fix: [], ...verdict }
}

export const unseen = (name: string, says: string, fix: readonly Fix[] = [], from: readonly Source[] = []): Link => ({
  name,
  state: 'unknown',
  says,
  from,
  fix,
})

export const gapText = ({ gap, ask, detail }: Unknown): string =>
  `not known: ${ask} is ${gap}${detail === undefined ? '' : ` (${detail})`}`
