import { bool, listOf, mapOf, nullable, number, object, string, strings } from '../schema.ts'

const part = object(
  {
    text: string('As it was written: max:2G'),
    kind: string('"", min or max'),
    bytes: nullable(number('bytes', 'Its size; none where it depends on the machine or cannot be read')),
    bare: bool('A number without a unit, which counts in KiB'),
    valid: bool('Xen of today can read it'),
  },
  'One part of dom0_mem=',
)

const serial = object(
  {
    port: string('com1 or com2'),
    baud: nullable(number('baud', 'Speed; none where it is left to the firmware')),
    frame: string('8n1; "" where it is left out'),
    cut: bool('The value ends with a comma: a blank has cut it off'),
  },
  'One serial port of the hypervisor',
)

const refused = object(
  {
    name: string('The word before the ='),
    value: string('The value that was refused; "" where the whole word is unknown'),
    invalid: bool('Xen knows the word and not the value'),
  },
  'A word that Xen did not take',
)

const setting = object(
  { key: string('Its name'), value: string('Its value'), line: number('count', 'Its line') },
  'One setting',
)

const problem = object(
  {
    file: string('/etc/xen/xl.conf or /etc/xen/xend-config.sxp'),
    line: number('line', 'Line in it'),
    toolstack: string('xl or xend: who reads the file'),
    key: string('Name of the setting; "" where the line itself cannot be read'),
    refused: string('Why it is not taken; "" where only the name is not known'),
    fatal: bool('The toolstack gives up on the whole file'),
    meant: string('The setting that was probably meant; "" where the name is known'),
  },
  'One line',
)

const server = object(
  {
    key: string('xend-http-server, xend-tcp-xmlrpc-server'),
    value: string('As it is switched on: yes'),
    addressKey: string('The setting that binds it to an address'),
    address: string('The address; "" for all'),
    port: number('port', 'Its port'),
    open: bool('It takes orders from other machines'),
    line: number('line', 'Line in xend-config.sxp'),
  },
  'One server',
)

export const xenAbout = {
  version: string('Version of the running hypervisor, "4.17.7"'),
  caps: strings('Kinds of guests that it can run: xen-3.0-x86_64, hvm-3.0-x86_64 …'),
  virtCaps: strings('What the hardware offers: pv, hvm, hap, hvm_directio, pv_directio …'),
  hvm: bool('It can run HVM guests'),
  hap: bool('Nested paging is in use (told since Xen 4.13)'),
  commandLine: string('Its command line'),
  words: strings('Words of its command line, without those that GRUB fills in'),
  parameters: mapOf(string(''), 'Its command line by name: later words win, a word without = holds ""'),
  serial: listOf(serial, 'com1= and com2= of its command line'),
  consoles: strings('Where it writes: console=com1,vga; [] means its default, vga'),
  syncConsole: bool('sync_console is on'),
  dom0MemSet: bool('dom0_mem= is on its command line'),
  dom0MemParts: listOf(part, 'The parts of dom0_mem='),
  dom0Mem: nullable(number('bytes', 'Memory that dom0 starts with; none where dom0_mem= does not fix it')),
  dom0MemMin: nullable(number('bytes', 'min: of dom0_mem=')),
  dom0MemMax: nullable(number('bytes', 'max: of dom0_mem=')),
  totalMemory: number('bytes', 'Memory of the whole machine'),
  freeMemory: number('bytes', 'Memory that no domain has'),
  cpus: number('count', 'Processors of the whole machine that are online'),
  maxCpuId: number('number', 'Highest number of a processor that is online (xl tells it)'),
  nodes: number('count', 'NUMA nodes of the whole machine'),
  scheduler: string('credit, credit2, sedf, null …'),
  dom0Memory: number('bytes', 'Memory that this domain has now'),
  dom0Target: number('bytes', 'Memory that its balloon driver aims at'),
  refused: listOf(refused, 'Words of the command line that Xen complained about'),
  biosDisabled: bool('Xen said that the firmware has switched off VT-x or AMD-V'),
  tscHz: number('Hz', 'Frequency of the TSC, as Xen measured it at its start'),
  tscScaling: bool('Xen can show HVM and PVH guests a TSC of another frequency'),
  toolstack: string('xl, xend, or "" where neither is installed'),
  xendInstalled: bool('xend is installed'),
  xend: bool('xend runs'),
  xenstored: bool('A xenstore daemon runs in this domain'),
  xenstoreDomain: bool('xenstore is meant to run in a domain of its own'),
  xenconsoled: bool('xenconsoled runs'),
  procXen: strings('Names in /proc/xen'),
  autoballoon: string('on, off or auto (the default) of xl.conf'),
  xlSettings: listOf(setting, 'Settings of xl.conf'),
  xendSettings: listOf(setting, 'Settings of xend-config.sxp'),
  relocationPort: number('port', 'xend-relocation-port: where xend takes guests, and where it sends them; 8002'),
  relocationHosts: strings('Expressions of xend-relocation-hosts-allow: who may send guests; [] for everybody'),
  xendConfig: mapOf(string(''), 'The same by name: "dom0-min-mem": "256"'),
  xendServers: listOf(server, 'Servers of xend that take orders by TCP and are switched on'),
  configProblems: listOf(
    problem,
    'Lines of xl.conf and xend-config.sxp that are not taken, or whose name is not known',
  ),
  consoleLog: string('What xenconsoled writes to files: none (the default), guest, hv or all'),
  consoleFolder: bool('The folder is there that it writes them to, /var/log/xen/console'),
  loader: mapOf(string(''), "FreeBSD's /boot/loader.conf: xen_kernel, xen_cmdline …"),
  maxWired: number('pages', "FreeBSD's vm.max_user_wired"),
}
