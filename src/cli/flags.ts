import { Flags } from '@oclif/core'

/** What `--from` takes. */
export const MACHINES =
  'a folder or an archive (bundle, sosreport, supportconfig, XenServer bug report, insights), or ssh://[USER@]HOST[:PORT]'

/** Where the machine is. */
export const hostFlags = {
  from: Flags.string({ summary: `Another machine in place of this one: ${MACHINES}`, helpValue: 'MACHINE' }),
  probe: Flags.boolean({
    default: false,
    summary: 'Also ask what opens something on the machine, such as whether QEMU can use /dev/kvm',
  }),
}
