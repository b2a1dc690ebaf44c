import { known } from '../../evidence/result.ts'
import type { Result } from '../../types.ts'
import { bool, listOf, number, object, string } from '../schema.ts'

/** What came of trying a port. */
export const PORT_STATES = ['open', 'refused', 'blocked'] as const
export type PortState = (typeof PORT_STATES)[number]

/** `probe.*`: what only trying it can tell. */
export const probeAbout = {
  asked: bool('Somebody asked for it (--probe)'),
  ports: listOf(
    object(
      {
        port: number('port', 'TCP port of the target, tried from the source'),
        purpose: string('What it is for'),
        listens: bool('Something has to listen there before a migration begins'),
        state: string(`${PORT_STATES.join(', ')}; blocked: no answer came, or a router or filter said no`),
      },
      'One port',
    ),
    'Ports that the migration needs',
  ),
  folders: listOf(
    object(
      {
        path: string('Folder of images'),
        shared: bool('A file that was made there on the source was there on the target, too'),
      },
      'One folder',
    ),
    'Folders with image files of the guest',
  ),
  answers: bool("The target's toolstack answered the source, in the way in which a migration asks it"),
  refusal: string('What was said where it did not; "" else'),
}

export type Probed = Readonly<Record<keyof typeof probeAbout, Result<unknown>>>

/** Nobody asked: rules about it do not apply. */
export const NOT_PROBED: Probed = {
  asked: known(false),
  ports: known([]),
  folders: known([]),
  answers: known(true),
  refusal: known(''),
}
