import { Flags } from '@oclif/core'
import type { Severity } from '../types.ts'
import { FORMATS } from './render.ts'

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

export const rulesFlag = Flags.string({
  summary: 'A folder of your own rules, beside those that ship',
  helpValue: 'DIR',
})

export const failOnFlag = Flags.option({
  options: ['error', 'warning', 'info', 'never'] as const,
  default: 'error' as Severity | 'never',
  summary: 'Exit with 1 at this severity or above',
})()

/** How a report is printed, and what it makes of the exit code. */
export const reportFlags = {
  rules: rulesFlag,
  'fail-on': failOnFlag,
  strict: Flags.boolean({ summary: 'Exit with 3 where anything stayed undecided' }),
  format: Flags.string({
    multiple: true,
    default: ['text'],
    summary: `How to print the report: ${FORMATS.join(', ')}; FORMAT:FILE writes it to a file`,
    description:
      'Several may be given. Exit codes are the same with all of them but one: with nagios on standard output they are those of its plugins, ' +
      'OK 0, WARNING 1, CRITICAL 2, UNKNOWN 3.',
    helpValue: 'FORMAT[:FILE]',
  }),
  all: Flags.boolean({ summary: 'Show every reason why rules could not decide' }),
}
