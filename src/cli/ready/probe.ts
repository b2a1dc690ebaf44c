import type { Probed } from '../../facts/pair/probe.ts'
import { guestNamed, imagesOf, toolstackOf } from '../../migration/guest.ts'
import { probe } from '../../migration/probe.ts'
import { UserError } from '../../types.ts'
import type { OpenSide } from './side.ts'

export interface ProbeFlags {
  /** How the source calls the target; that of ssh://USER@HOST where the target is reached by ssh. */
  readonly address: string | undefined
  /** As `virsh migrate` gets it. */
  readonly uri: string | undefined
}

/** What only trying can tell of moving a guest; `to` is the target as the user named it. */
export async function probePair(
  name: string,
  source: OpenSide,
  target: OpenSide,
  to: string,
  flags: ProbeFlags,
): Promise<Probed> {
  const address = flags.address ?? /^ssh:\/\/(?:[^@/]*@)?([^:/]+)/.exec(to)?.[1]
  if (address === undefined)
    throw new UserError(
      '--probe needs to know how the source calls the target',
      'Say it with --address, or name the target as ssh://USER@HOST.',
    )
  const guest = guestNamed(name, source, target)
  const uri =
    flags.uri ?? `${guest.type === 'kvm' || guest.type === 'qemu' ? 'qemu' : 'xen'}+ssh://root@${address}/system`
  return probe({
    source: source.host,
    target: target.host,
    toolstack: toolstackOf(guest),
    address,
    uri,
    images: imagesOf(source, guest.name),
  })
}
