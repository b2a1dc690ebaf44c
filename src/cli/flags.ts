import { Flags } from '@oclif/core'

/** Where the machine is. */
export const hostFlags = {
  from: Flags.string({
    summary: 'Another machine in place of this one: a recorded one, in a folder, or ssh://[USER@]HOST[:PORT]',
    helpValue: 'DIR',
  }),
  probe: Flags.boolean({
    default: false,
    summary: 'Also ask what opens something on the machine, such as whether QEMU can use /dev/kvm',
  }),
}
