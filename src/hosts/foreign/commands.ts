import { dfOf, dmesgOf, nftOf, shortVersion, systemctlOf, xenstoreOf } from './convert.ts'
import type { Dump } from './dump.ts'
import { succeeded } from './dump.ts'
import { LISTINGS } from './listings.ts'
import { dpkgOf, rpmOf } from './packages.ts'
import { CALLS, callsOf, LISTS, NAMES, namesOf, processesOf, terminalsOf } from './processes.ts'
import { machineOf, machineOfXl, releaseOf, releaseOfXl } from './uname.ts'

/** A recorded command that tells what is asked: in the same words, or in others that `as` turns into them. */
interface Way {
  readonly of: string
  readonly as?: (text: string, dump: Dump) => string | null
}

const same = (...commands: string[]): Way[] => commands.map((of) => ({ of }))
/** Of several tables together, of which this is one. */
const joined = (tables: readonly string[], as: (dump: Dump) => string | null): Way[] =>
  tables.map((of) => ({ of, as: (_, dump) => as(dump) }))
/** Only a control domain can ask the hypervisor about itself. */
export const INFO = ['xl info', 'xm info']
const BACKENDS = ['backend/vif', 'backend/vbd', 'backend/qdisk', 'backend/pci', 'error']

/** What is asked, and which commands of other programs' archives tell it, the best first. What is not here was not recorded. */
const WAYS: Readonly<Record<string, readonly Way[]>> = {
  'uname -srm': [{ of: 'uname -a', as: machineOf }, ...INFO.map((of) => ({ of, as: machineOfXl }))],
  'uname -r': [...same('uname -r'), { of: 'uname -a', as: releaseOf }, ...INFO.map((of) => ({ of, as: releaseOfXl }))],
  lscpu: same('lscpu'),
  dmesg: [...same('dmesg'), { of: 'dmesg -T', as: dmesgOf }],
  'xl info': same('xl info'),
  'xm info': same('xm info'),
  'xl dmesg': same('xl dmesg', 'xm dmesg'),
  'xl list -l': same('xl list -l', 'xl list --long'),
  'xm list': same('xm list'),
  'df -klP': [
    ...same('df -klP'),
    { of: 'df -al -x autofs', as: dfOf },
    { of: 'df -alT', as: dfOf },
    { of: 'df -alP -x autofs', as: dfOf },
    { of: 'df -al', as: dfOf },
  ],
  'df -liP': [
    { of: 'df -aliT -x autofs', as: dfOf },
    { of: 'df -ali -x autofs', as: dfOf },
    { of: 'df -alTi', as: dfOf },
    { of: 'df -li -x autofs', as: dfOf },
  ],
  'ps -ww -axo pid,ppid,state,wchan:40,comm': joined(CALLS, processesOf),
  'ps -ww -axo pid,uid,etime,args': joined(CALLS, callsOf),
  'ps -A -o pid= -o comm=': joined([NAMES], namesOf),
  'ps -ww -axo tty,comm': joined(CALLS, terminalsOf),
  'systemctl list-units --all --no-pager --plain --no-legend': [
    { of: 'systemctl list-units --all', as: systemctlOf },
    { of: 'systemctl --no-pager --all list-units', as: systemctlOf },
  ],
  'journalctl --boot --no-pager --quiet --output=short-iso --priority=warning --lines=5000': same(
    'journalctl --no-pager --boot',
    'journalctl --no-pager --catalog --boot',
  ),
  'iptables-save': same('iptables-save'),
  'nft list ruleset': [...same('nft list ruleset'), { of: 'nft -a list ruleset', as: nftOf }],
  'virsh --version': [
    { of: 'virsh -r version', as: shortVersion },
    { of: 'virsh version', as: shortVersion },
  ],
  'ovs-vsctl --timeout=5 list-br': same('ovs-vsctl -t 5 list-br', 'ovs-vsctl list-br'),
  'chronyc -n tracking': same('chronyc -n tracking'),
  'ntpq -pn': same('ntpq -pn', 'ntpq -p -n'),
  ...Object.fromEntries(
    BACKENDS.map((folder) => {
      const path = `/local/domain/0/${folder}`
      return [`xenstore-ls -f ${path}`, [{ of: 'xenstore-ls -f', as: (text: string) => xenstoreOf(text, path) }]]
    }),
  ),
}

/** Asks that name packages or patterns are known by how they begin. */
const BY_BEGINNING: readonly {
  readonly begins: string
  readonly as: (dump: Dump, argv: readonly string[]) => string | null
}[] = [
  { begins: 'rpm -q ', as: rpmOf },
  { begins: 'dpkg-query -W ', as: dpkgOf },
]

/** The commands that an archive is looked through for. */
export const RECORDED: readonly string[] = [
  ...new Set(Object.values(WAYS).flatMap((ways) => ways.map(({ of }) => of))),
  ...LISTS,
  ...LISTINGS,
  NAMES,
  'installed-rpms',
  'lsmod',
  'dpkg -l',
  'date',
  'date --utc',
  'systemctl list-units',
]

/** What the command would have printed. */
export function commandOf(argv: readonly string[], dump: Dump): string | null {
  const asked = argv.join(' ')
  const special = BY_BEGINNING.find(({ begins }) => asked.startsWith(begins))
  if (special) return special.as(dump, argv)
  for (const { of, as } of WAYS[asked] ?? []) {
    const text = succeeded(dump.output(of))
    const answer = text !== null && as ? as(text, dump) : text
    if (answer !== null) return answer
  }
  return null
}
