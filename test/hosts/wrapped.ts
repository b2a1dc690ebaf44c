/** What each program's archive of a recorded machine holds, by the path in it. */
import type { Recorded } from './wrap.ts'

export type Archive = Readonly<Record<string, string>>

const present = (files: Readonly<Record<string, string | undefined>>): Archive =>
  Object.fromEntries(Object.entries(files).filter((one): one is [string, string] => one[1] !== undefined))

const under = (top: string, files: readonly [string, string][]): Archive =>
  Object.fromEntries(files.map(([path, text]) => [`${top}${path}`, text]))

/** sos 4.8: plugins block boot date dpkg filesys grub2 hardware host kernel kvm libvirt logs memory networking process processor release rpm systemd virsh. */
export function sosreport(machine: Recorded): Archive {
  const top = 'sosreport-web1-2026-11-20-abcdefg'
  const tables = machine.tables()
  const debs = machine.packages('dpkg')
  const rpms = machine.packages('rpm')
  const commands = present({
    'kernel/uname_-a': machine.uname(),
    'kernel/dmesg': machine.commands.get('dmesg'),
    'processor/lscpu': machine.commands.get('lscpu'),
    'process/ps_auxwwwm': machine.aux(),
    'process/ps_axo_pid_ppid_user_group_lwp_nlwp_start_time_comm_cgroup': tables?.names,
    'process/ps_axo_flags_state_uid_pid_ppid_pgid_sid_cls_pri_psr_addr_sz_wchan_20_lstart_tty_time_cmd': tables?.calls,
    'filesys/df_-al_-x_autofs': machine.df('df -klP', false),
    'filesys/df_-aliT_-x_autofs': machine.df('df -liP', true),
    'systemd/systemctl_list-units_--all': machine.units(),
    'date/date': machine.date(),
    'date/date_--utc': machine.date(),
    'dpkg/dpkg_-l':
      debs.length === 0
        ? undefined
        : `Desired=Unknown/Install/Remove/Purge/Hold\n||/ Name  Version  Architecture Description\n+++-====-====-====-====\n${debs.map(([name, version]) => `ii  ${name}  ${version}  amd64  Something\n`).join('')}`,
    'rpm/sh_-c_rpm_--nodigest_-qa': rpms.length === 0 ? undefined : rpmList(rpms),
    'block/ls_-alZR_.dev': machine.listing('/dev'),
    'block/ls_-alZR_.sys.block': machine.listing('/sys/block'),
    'boot/ls_-alZR_.boot': machine.listing('/boot'),
  })
  return {
    ...under(
      top,
      machine.copied(
        '/proc/cpuinfo',
        '/proc/cmdline',
        '/proc/meminfo',
        '/proc/mounts',
        '/proc/modules',
        '/proc/misc',
        '/proc/swaps',
        '/proc/vmstat',
        '/proc/interrupts',
        '/proc/sys/',
        '/proc/pressure/',
        '/proc/net/',
        '/proc/loadavg',
        '/etc/os-release',
        '/etc/redhat-release',
        '/etc/debian_version',
        '/etc/modprobe.conf',
        '/etc/modprobe.d/',
        '/etc/fstab',
        '/etc/hosts',
        '/etc/default/grub',
        '/etc/libvirt/libvirtd.conf',
        '/etc/libvirt/qemu.conf',
        '/etc/libvirt/qemu/*.xml',
        '/etc/libvirt/qemu/networks/*.xml',
        '/etc/libvirt/storage/*.xml',
        '/run/libvirt/',
        '/var/log/libvirt/qemu/*.log',
        '/var/log/libvirt/libvirtd.log',
        '/var/log/messages',
        '/var/log/syslog',
        '/var/log/kern.log',
        '/boot/grub/grub.cfg',
        '/boot/grub2/grub.cfg',
        '/boot/grub2/grubenv',
        '/boot/config-*',
        '/sys/class/dmi/id/',
        '/sys/module/*/parameters/',
        '/sys/kernel/mm/',
        '/sys/devices/system/clocksource/',
        '/sys/devices/system/cpu/',
      ),
    ),
    ...Object.fromEntries(Object.entries(commands).map(([name, text]) => [`${top}/sos_commands/${name}`, text])),
    ...(rpms.length > 0 && { [`${top}/installed-rpms`]: '-> sos_commands/rpm/sh_-c_rpm_--nodigest_-qa' }),
    [`${top}/version.txt`]: 'sosreport: 4.8.2\n',
    [`${top}/sos_commands/libvirt/ls_-alZR_.var.lib.libvirt.qemu`]: '/var/lib/libvirt/qemu:\ntotal 0\n',
    [`${top}/sos_commands/memory/free`]: '               total        used        free\n',
    [`${top}/sos_reports/sos.txt`]: 'kernel\n',
  }
}

const rpmList = (rpms: readonly [string, string][]): string =>
  `${[...rpms, ['rpm', '4.4.2.3-36.el5']]
    .map(([name, version]) => `${`${name}-${version}.x86_64`.padEnd(60)}Fri Nov 20 06:00:00 2026\n`)
    .join('')}`

/** sos 1.7 of RHEL 5: commands of a plugin in one folder, their names after the plugin's, cut at 28 letters. */
export function oldSosreport(machine: Recorded): Archive {
  const top = 'web1-123456.abcdef'
  const rpms = machine.packages('rpm')
  const commands = present({
    'kernel.uname_-a': machine.uname(),
    'process.ps_auxww': machine.aux(),
    'filesys.df_-al': machine.df('df -klP', false),
    'xen.xm_info': machine.commands.get('xm info'),
    'xen.xm_dmesg': machine.commands.get('xl dmesg'),
    'xen.brctl_show': 'bridge name\tbridge id\n',
  })
  return {
    ...under(
      top,
      machine.copied(
        '/proc/cmdline',
        '/proc/cpuinfo',
        '/proc/meminfo',
        '/proc/mounts',
        '/proc/xen/capabilities',
        '/etc/modprobe.conf',
        '/etc/redhat-release',
        '/etc/fstab',
        '/etc/sysconfig/',
        '/etc/xen/',
        '/etc/exports',
        '/sys/hypervisor/',
        '/var/log/xen/',
        '/var/log/messages',
        '/boot/grub/grub.conf',
      ),
    ),
    ...Object.fromEntries(Object.entries(commands).map(([name, text]) => [`${top}/sos_commands/${name}`, text])),
    [`${top}/installed-rpms`]: rpms.map(([name, version]) => `${name}-${version}-x86_64\n`).join(''),
    [`${top}/sos_reports/sosreport.html`]: '<html/>\n',
    [`${top}/date`]: machine.date(),
  }
}

/** supportutils: a few texts of sections. Comments and empty lines of configuration files are left out. */
export function supportconfig(machine: Recorded): Archive {
  const top = 'scc_web1_261120_0637'
  const commandSection = (path: string, text: string | undefined): string =>
    `#==[ Command ]======================================#\n# ${path}\n${text ?? 'ERROR: Command not found or not executable\n'}\n`
  const files = (...paths: string[]): string => {
    const found = machine.copied(...paths)
    const stripped = (text: string): string => text.replace(/^\s*[#;].*\n/gm, '').replace(/^\s*\n/gm, '')
    return found
      .map(([path, text]) => `#==[ Configuration File ]===========================#\n# ${path}\n${stripped(text)}\n\n`)
      .join('')
  }
  const log = (path: string): string =>
    `#==[ Log File ]=====================================#\n# ${path}${machine.files.has(path) ? '' : ' - File not found'}\n${machine.files.get(path) ?? ''}\n\n`
  const parameters = machine
    .copied('/sys/module/')
    .map(([path, text]) => `${path}=${text.trim()}\n`)
    .join('')
  const rpms = machine
    .packages('rpm')
    .map(([name, version]) => `${name.padEnd(35)} ${'SUSE Linux Enterprise 15'.padEnd(35)} ${version}\n`)
  const head =
    '=============================================================================\n                     Support Utilities - Supportconfig\n=============================================================================\n\n'
  return {
    [`${top}/basic-environment.txt`]: `${head}${commandSection('/bin/date', machine.date())}${commandSection('/bin/uname -a', machine.uname())}${files('/etc/os-release', '/etc/SuSE-release', '/etc/debian_version', '/etc/redhat-release')}`,
    [`${top}/basic-health-check.txt`]: commandSection(
      '/bin/ps axwwo user,pid,ppid,%cpu,%mem,vsz,rss,stat,time,cmd',
      machine.aux(),
    ),
    [`${top}/boot.txt`]: `${files('/etc/default/grub', '/boot/grub2/grub.cfg', '/boot/grub/menu.lst', '/proc/cmdline', '/etc/sysconfig/kernel')}${commandSection('/bin/dmesg', machine.commands.get('dmesg'))}`,
    [`${top}/modules.txt`]: `${commandSection('/sbin/lsmod | sort', lsmod(machine))}# Known Module Parameter Values\n${parameters}\n${files('/etc/modprobe.d/')}`,
    [`${top}/hardware.txt`]: `${commandSection('/usr/bin/lscpu', machine.commands.get('lscpu'))}${files('/proc/cpuinfo')}`,
    [`${top}/memory.txt`]: files('/proc/meminfo', '/proc/vmstat'),
    [`${top}/network.txt`]: files('/proc/sys/net/ipv4/ip_forward', '/etc/sysconfig/network/', '/etc/hosts'),
    [`${top}/fs-diskio.txt`]: files('/etc/fstab', '/proc/mounts'),
    [`${top}/systemd.txt`]: commandSection('/usr/bin/systemctl --no-pager --all list-units', machine.units()),
    [`${top}/messages.txt`]: log('/var/log/messages'),
    [`${top}/xen.txt`]: `${commandSection('/usr/sbin/xl info', machine.commands.get('xl info'))}${commandSection('/usr/sbin/xl list -l', machine.commands.get('xl list -l'))}${files('/etc/xen/vm/', '/etc/xen/xl.conf')}`,
    [`${top}/kvm.txt`]: files('/etc/libvirt/libvirtd.conf', '/etc/libvirt/qemu/'),
    [`${top}/rpm.txt`]:
      rpms.length === 0
        ? ''
        : `#==[ Command ]======================================#\n# rpm -qa --queryformat "%-35{NAME} %-35{DISTRIBUTION} %{VERSION}-%{RELEASE}\\n" | sort -k 1,2 -t " " -i\n${rpms.join('')}\n`,
  }
}

function lsmod(machine: Recorded): string | undefined {
  const text = machine.files.get('/proc/modules')
  if (text === undefined) return undefined
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([name, size, uses, by]) =>
      `${name!.padEnd(22)} ${size}  ${uses} ${by === '-' ? '' : by!.replace(/,$/, '')}`.trimEnd(),
    )
  return `${[...lines, 'Module                  Size  Used by'].sort().join('\n')}\n`
}

/** xen-bugtool: files under their own paths, outputs named after their commands at the top. */
export function bugReport(machine: Recorded): Archive {
  const top = 'bug-report-20261120063700'
  const store = ['vif', 'vbd', 'qdisk', 'pci']
    .map((name) => machine.commands.get(`xenstore-ls -f /local/domain/0/backend/${name}`) ?? '')
    .join('')
  const outputs = present({
    'xl-info.out': machine.commands.get('xl info'),
    'xl-dmesg.out': machine.commands.get('xl dmesg'),
    'dmesg.out': machine.commands.get('dmesg'),
    'df-alT.out': machine.df('df -klP', true),
    'df-alTi.out': machine.df('df -liP', true),
    'xenstore-ls-f.out': `/ = ""\n/local/domain/0/name = "Domain-0"\n${store}`,
    'process-tree.out': machine.aux()?.replace(/^USER.*/, 'PID TT STAT TIME NI PSR %CPU %MEM WCHAN WCHAN COMMAND'),
  })
  return {
    ...under(
      top,
      machine.copied(
        '/boot/grub/grub.cfg',
        '/proc/mounts',
        '/proc/cpuinfo',
        '/proc/meminfo',
        '/proc/interrupts',
        '/proc/vmstat',
        '/proc/modules',
        '/proc/cmdline',
        '/etc/fstab',
        '/etc/modprobe.conf',
        '/etc/modprobe.d/',
        '/etc/hosts',
        '/etc/multipath.conf',
        '/etc/sysconfig/network-scripts/',
        '/var/log/messages',
        '/var/log/kern.log',
      ),
    ),
    ...Object.fromEntries(Object.entries(outputs).map(([name, text]) => [`${top}/${name}`, text])),
    [`${top}/inventory.xml`]: '<?xml version="1.0"?>\n<system-status-inventory/>\n',
  }
}

/** insights-client: files and outputs in data/. */
export function insights(machine: Recorded): Archive {
  const top = 'insights-web1-20261120063700'
  const rpms = machine.packages('rpm')
  const outputs = present({
    'uname_-a': machine.uname(),
    dmesg: machine.commands.get('dmesg'),
    lscpu: machine.commands.get('lscpu'),
    ps_auxww: machine.aux(),
    'df_-alP_-x_autofs': machine.df('df -klP', false)?.replace('1K-blocks', '1024-blocks').replace('Use%', 'Capacity'),
    'df_-li_-x_autofs': machine.df('df -liP', false),
    'date_--utc': machine.date(),
    lsmod: lsmod(machine),
    'systemctl_list-units': machine.units(),
    'rpm_-qa_--qf_name_NAME_epoch_EPOCH_version_VERSION':
      rpms.length === 0
        ? undefined
        : rpms
            .map(([name, version]) => {
              const [one, release] = version.split(/-(?=[^-]*$)/)
              return `{"name":"${name}","epoch":"(none)","version":"${one}","release":"${release}","arch":"x86_64"}\n`
            })
            .join(''),
  })
  return {
    ...under(
      `${top}/data`,
      machine.copied(
        '/etc/os-release',
        '/etc/redhat-release',
        '/etc/modprobe.d/',
        '/etc/fstab',
        '/etc/libvirt/qemu/*.xml',
        '/proc/cpuinfo',
        '/proc/cmdline',
        '/proc/meminfo',
        '/proc/mounts',
        '/proc/interrupts',
        '/var/log/messages',
        '/boot/config-*',
        '/sys/devices/system/clocksource/',
      ),
    ),
    ...Object.fromEntries(
      Object.entries(outputs).map(([name, text]) => [`${top}/data/insights_commands/${name}`, text]),
    ),
    [`${top}/branch_info`]: '{}',
    [`${top}/meta_data/insights.specs.Specs.uname.json`]: '{}',
  }
}
