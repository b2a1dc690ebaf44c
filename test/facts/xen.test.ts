import * as assert from 'uvu/assert'
import { xen } from '../../src/facts/xen.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, names, output, status, value } from '../evidence.ts'
import { losesNothing } from '../take-away.ts'

const info = { command: ['xl', 'info'] as const }
const log = { command: ['xl', 'dmesg'] as const }
const ps = { command: ['ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'] as const }
const processes = (...comms: string[]): Given => [
  ps,
  output(
    ['    PID    PPID S WCHAN      COMMAND', ...comms.map((comm) => `    812       1 S -          ${comm}`), ''].join(
      '\n',
    ),
  ),
]
const calls = (...lines: string[]): Given => [
  { command: ['ps', '-ww', '-axo', 'pid,uid,etime,args'] },
  output(
    ['    PID   UID     ELAPSED COMMAND', ...lines.map((line) => `    342     0       02:25 ${line}`), ''].join('\n'),
  ),
]
const INFO = `host                   : lab
release                : 6.1.0-56-amd64
nr_cpus                : 2
nr_nodes               : 1
virt_caps              : pv hvm hvm_directio pv_directio hap gnttab-v1 gnttab-v2
total_memory           : 4095
free_memory            : 2114
xen_version            : 4.17.7
xen_caps               : xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 
xen_scheduler          : credit2
xen_commandline        : placeholder console=com1,vga com1=115200,8n1 loglvl=all dom0_mem=1536M,max:2G
`
const LOG = `(XEN) Xen version 4.17.7 (Debian 4.17.7+13-g2445b30a44-0+deb12u1) debug=n
(XEN) Command line: console=com1,vga
(XEN) parameter "dom0_mem" has invalid value "256MB", rc=-22!
`
const GIVEN: Given[] = [
  [info, output(INFO)],
  [log, output(LOG)],
  processes('xenstored', 'xenconsoled', 'bash'),
  ['/sys/hypervisor/version/major', '4\n'],
  ['/sys/hypervisor/version/minor', '17\n'],
  ['/sys/hypervisor/version/extra', '.7\n'],
  ['/sys/hypervisor/properties/capabilities', 'xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 \n'],
  ['/sys/devices/system/xen_memory/xen_memory0/info/current_kb', '1572864\n'],
  ['/sys/devices/system/xen_memory/xen_memory0/target_kb', '1572864\n'],
  [{ list: '/proc/xen' }, names('capabilities', 'privcmd', 'xenbus')],
  ['/etc/xen/xl.conf', '# x\nautoballoon=1\n'],
  ['/etc/default/xencommons', 'XENCONSOLED_TRACE=guest\n'],
  calls('/usr/lib/xen-4.17/bin/xenconsoled --pid-file=/run/xenconsoled.pid --log=guest'),
  [{ stat: '/var/log/xen/console' }, { gap: 'absent' }],
]
const parse = (...given: Given[]) => xen.parse(evidence(xen, [...GIVEN, ...given]))
const withLine = (line: string) => parse([info, output(INFO.replace(/(xen_commandline +: ).*/, `$1${line}`))])

describe('facts: xen', (it) => {
  it('reads the hypervisor from sysfs and from xl info', () => {
    const facts = parse()
    assert.is(value(facts.version), '4.17.7')
    assert.is(value(facts.hvm), true)
    assert.is(value(facts.hap), true)
    assert.is(value(facts.totalMemory), 4095 * 2 ** 20)
    assert.is(value(facts.scheduler), 'credit2')
    assert.is(value(facts.dom0Memory), 1536 * 2 ** 20)
    assert.is(value(facts.dom0Mem), 1536 * 2 ** 20)
    assert.is(value(facts.dom0MemMax), 2 ** 31)
    assert.is(value(facts.dom0MemMin), null)
    assert.equal(value(facts.consoles), ['com1', 'vga'])
    assert.equal(value(facts.words), ['console=com1,vga', 'com1=115200,8n1', 'loglvl=all', 'dom0_mem=1536M,max:2G'])
  })

  it('knows no hap of a Xen that does not tell it', () => {
    const old = INFO.replace(' hap', '')
    assert.is(value(parse([info, output(old)]).hap), false)
    assert.is(value(parse([info, output(old)], ['/sys/hypervisor/version/minor', '11\n']).hap), 'unsupported')
  })

  it('knows what was left out of the command line', () => {
    const facts = withLine('console=vga')
    assert.is(value(facts.dom0MemSet), false)
    assert.equal(value(facts.dom0MemParts), [])
    assert.is(value(facts.syncConsole), false)
    assert.is(value(withLine('sync_console').syncConsole), true)
  })

  it('cannot tell anything of xl where it is refused', () => {
    const refused = output(
      '',
      1,
      'xencall: error: Could not obtain handle on privileged command interface: Permission denied',
    )
    assert.is(value(parse([info, refused]).commandLine), 'denied')
    assert.is(value(parse([info, refused]).toolstack), 'xl')
  })

  it('keeps a gap in what Xen complained about where its log has lost its beginning', () => {
    assert.equal(value(parse().refused), [{ name: 'dom0_mem', value: '256MB', invalid: true }])
    const cut = value(parse([log, output('(XEN) Brought up 2 CPUs\n')]).refused) as { gap: string }[]
    assert.is(cut[0]!.gap, 'malformed')
    const stamped = '(XEN) [2026-11-20 05:46:00] Xen version 4.17.7\n'
    assert.equal(value(parse([log, output(stamped)]).refused), [])
  })

  it('reads what the firmware has switched off from the log alone', () => {
    assert.is(value(parse().biosDisabled), false)
    assert.is(value(parse([log, output('(XEN) CPU0: VMX disabled by BIOS.\n')]).biosDisabled), true)
    assert.is(value(parse([log, output('(XEN) x\n')]).biosDisabled), 'malformed')
  })

  it('tells the toolstack by what is installed and what runs', () => {
    const xend: Given = [{ stat: '/usr/sbin/xend' }, status({})]
    assert.is(value(parse().toolstack), 'xl')
    assert.is(value(parse(xend).toolstack), 'xl')
    assert.is(value(parse(xend, processes('xend')).toolstack), 'xend')
    assert.is(value(parse(xend, processes('python')).xend), 'unsupported')
    assert.is(value(parse(processes('python')).xend), false)
    assert.is(value(parse(xend, [info, { gap: 'absent' }]).toolstack), 'xend')
    assert.is(value(parse([info, { gap: 'absent' }]).toolstack), '')
  })

  it('knows the daemons by their processes', () => {
    assert.is(value(parse().xenstored), true)
    assert.is(value(parse(processes('oxenstored')).xenstored), true)
    assert.is(value(parse(processes('bash')).xenstored), false)
  })

  it('knows where xenstore is meant to run: by the setting, else by the default of the script', () => {
    const script = (kind: string): Given => [
      '/etc/xen/scripts/launch-xenstore',
      `#!/bin/bash\n[ "$XENSTORETYPE" = "" ] && XENSTORETYPE=${kind}\n[ "$XENSTORETYPE" = "daemon" ] && {\n`,
    ]
    const domain: Given = ['/etc/default/xencommons', 'XENSTORETYPE=domain\n']
    assert.is(value(parse().xenstoreDomain), false)
    assert.is(value(parse(domain, script('daemon')).xenstoreDomain), true)
    assert.is(value(parse(script('domain')).xenstoreDomain), true)
    assert.is(value(parse(script('daemon')).xenstoreDomain), false)
    losesNothing(xen, [...GIVEN, script('domain')])
  })

  it('reads the settings of both toolstacks', () => {
    assert.is(value(parse().autoballoon), 'on')
    assert.is(value(parse(['/etc/xen/xl.conf', 'autoballoon="off"\n']).autoballoon), 'off')
    assert.is(value(parse(['/etc/xen/xl.conf', '#autoballoon="off"\n']).autoballoon), 'auto')
    assert.is(value(parse(['/etc/xen/xl.conf', { gap: 'absent' }]).autoballoon), 'auto')
    assert.equal(value(parse(['/etc/xen/xend-config.sxp', '(dom0-min-mem 256)\n']).xendConfig), {
      'dom0-min-mem': '256',
    })
  })

  it('believes the xenconsoled that runs, not what a file says that its init script may never read', () => {
    assert.is(value(parse().consoleLog), 'guest')
    const running = (line: string) => value(parse(calls(line)).consoleLog)
    assert.is(running('/usr/lib/xen-4.17/bin/xenconsoled --pid-file /run/xenconsoled.pid'), 'none')
    assert.is(running('xenconsoled --log none --timestamp none --log-dir /var/log/xen/console'), 'none')
    assert.is(running('xenconsoled --log=none --log all'), 'all')
    assert.is(running('vi xenconsoled --log=all'), 'guest')
    assert.is(
      value(parse([{ command: ['ps', '-ww', '-axo', 'pid,uid,etime,args'] }, { gap: 'denied' }]).consoleLog),
      'denied',
    )
  })

  it('knows whether the folder is there that xenconsoled writes to, since it makes none', () => {
    const folder = { stat: '/var/log/xen/console' }
    assert.is(value(parse().consoleFolder), false)
    assert.is(value(parse([folder, status({})]).consoleFolder), true)
    const elsewhere = (path: string) => value(parse(calls(`xenconsoled --log=all --log-dir=${path}`)).consoleFolder)
    assert.is(elsewhere('/srv/consoles'), 'unsupported')
    assert.is(elsewhere('/var/log/xen/console/'), false)
  })

  it('reads what xenconsoled will be told where none runs, on old Red Hat and on Debian too', () => {
    const settings = (file: string, text: string) =>
      value(parse(calls('init'), ['/etc/default/xencommons', ''], [file, text]).consoleLog)
    const old = (text: string) => settings('/etc/sysconfig/xend', text)
    assert.is(old('XENCONSOLED_LOG_GUESTS=yes\n'), 'guest')
    assert.is(old('XENCONSOLED_LOG_GUESTS=yes\nXENCONSOLED_LOG_HYPERVISOR=yes\n'), 'all')
    assert.is(old('XENCONSOLED_LOG_HYPERVISOR=yes\n'), 'hv')
    assert.is(old('#XENCONSOLED_LOG_GUESTS=no\n'), 'none')
    assert.is(settings('/etc/default/xen', 'XENCONSOLED_ARGS="--log=guest"\n'), 'guest')
    assert.is(value(parse(calls('init')).consoleLog), 'guest')
  })

  it('knows the frequency of the TSC, and whether Xen scales it for guests', () => {
    const told = (text: string) => {
      const { tscHz, tscScaling } = xen.parse(evidence(xen, [[log, output(text)]]))
      return [value(tscHz), value(tscScaling)]
    }
    const detected = '(XEN) Detected 2596.130 MHz processor.\n'
    assert.equal(told(LOG + detected), [2_596_130_000, false])
    assert.equal(told(`${LOG}${detected}(XEN)  - TSC Scaling\n`), [2_596_130_000, true])
    assert.equal(told('(XEN)  - TSC Rate MSR\n'), ['malformed', true])
    assert.equal(told('(XEN) d1v0: upcall vector f3\n'), ['malformed', 'malformed'])
  })

  it('changes no fact when an answer is taken away', () => {
    losesNothing(xen, GIVEN)
    losesNothing(xen, [...GIVEN, [{ stat: '/usr/sbin/xend' }, status({})], processes('xend')])
  })
})
