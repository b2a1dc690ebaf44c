import * as assert from 'uvu/assert'
import { placeOf } from '../../src/evidence/locate.ts'
import { freebsd } from '../../src/facts/freebsd.ts'
import { processes } from '../../src/facts/processes.ts'
import { xen } from '../../src/facts/xen.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, output, status, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const tap = { command: ['sysctl', '-n', 'net.link.tap.user_open'] as const }
const newer = { command: ['find', '/etc/login.conf', '-newer', '/etc/login.conf.db'] as const }
const HOST: Given[] = [
  ['/boot/loader.conf', 'xen_kernel="/boot/xen"\nxen_cmdlin="dom0=pvh"\nxen_cmdline="dom0_mem=1G"\n'],
  [{ file: '/boot/loader.conf.d/*.conf' }, matches('/boot/loader.conf.d/xen.conf')],
  ['/boot/loader.conf.d/xen.conf', 'xen_cmdline="dom0_mem=2G dom0=pvh"\n'],
  ['/etc/rc.conf', 'cloned_interfaces="bridge0 tap0"\nxencommon_enable="YES"\n'],
  ['/etc/login.conf', 'default:\\\n\t:memorylocked=64K:\n'],
  [{ stat: '/etc/login.conf.db' }, status({})],
  [newer, output('/etc/login.conf\n')],
  [tap, output('', 1, "sysctl: unknown oid 'net.link.tap.user_open'\n")],
  [{ command: ['ifconfig', '-l'] }, output('em0 lo0 bridge0\n')],
  [{ command: ['sysctl', '-n', 'machdep.bootmethod'] }, output('UEFI\n')],
]
const parse = (given: readonly Given[]) => freebsd.parse(evidence(freebsd, given))

describe('facts: freebsd', (it) => {
  it('reads the files that make a Xen host, each setting with its line', () => {
    const facts = parse(HOST)
    assert.equal(value(facts.xenWords), ['dom0_mem=2G', 'dom0=pvh'])
    assert.equal(value(facts.clonedInterfaces), ['bridge0', 'tap0'])
    assert.equal(value(facts.interfaces), ['em0', 'lo0', 'bridge0'])
    assert.is(value(facts.bootMethod), 'UEFI')
    const settings = value(facts.settings) as { key: string; nearest: string | null }[]
    assert.equal(
      settings
        .filter(({ nearest }) => nearest !== null)
        .map((one) => [one.nearest, placeOf(one)?.path, placeOf(one)?.line]),
      [
        ['xen_cmdline', '/boot/loader.conf', 2],
        ['xencommons_enable', '/etc/rc.conf', 2],
      ],
    )
  })

  it('knows what root may lock, and a database that is older than its file', () => {
    const facts = parse(HOST)
    assert.equal(value(facts.lockedMemory), [{ name: 'root', limit: '64K' }])
    assert.is(value(facts.loginDatabaseStale), true)
    assert.is(
      value(
        parse([
          [{ stat: '/etc/login.conf.db' }, status({})],
          [newer, output('')],
        ]).loginDatabaseStale,
      ),
      false,
    )
    assert.is(value(parse([]).loginDatabaseStale), false)
  })

  it('tells a driver that is missing from a question that failed', () => {
    assert.is(value(parse(HOST).tap), false)
    assert.is(value(parse([[tap, output('0\n')]]).tap), true)
    assert.is(value(parse([[tap, output('', 1, 'sysctl: out of memory\n')]]).tap), 'malformed')
  })

  it('finds volumes whose partitions it shows', () => {
    const volumes = { stat: '/dev/zvol/*/*[ps][1-9]*' }
    const [one, two] = ['/dev/zvol/tank/web1p1', '/dev/zvol/tank/web1p2']
    const given: Given[] = [[volumes, matches(one, two, '/dev/zvol/tank/ps9x')]]
    for (const path of [one, two, '/dev/zvol/tank/ps9x']) given.push([{ stat: path }, status({ type: 'char' })])
    assert.equal(value(parse(given).partitionedVolumes), ['/dev/zvol/tank/web1'])
  })

  it('never turns a value round where an answer is missing', () => {
    assert.equal(flips(freebsd, HOST), [])
    assert.equal(flips(xen, HOST), [])
  })

  it('knows the loader of all its files', () => {
    const facts = xen.parse(evidence(xen, HOST))
    assert.is((value(facts.loader) as Record<string, string>)['xen_cmdline'], 'dom0_mem=2G dom0=pvh')
  })

  it("reads FreeBSD's own list of processes where Linux's is not asked for", () => {
    const linux = { command: ['ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'] as const }
    const own = { command: ['ps', '-ww', '-axo', 'pid,ppid,state,wchan,comm'] as const }
    const text =
      '  PID  PPID STAT WCHAN   COMMAND\n    0     0 DLs  swapin  kernel\n    1     0 SLs  wait    init\n  711     1 Ds   biord   xenstored\n'
    const given: Given[] = [
      [linux, { gap: 'withheld' }],
      [own, output(text)],
    ]
    const facts = processes.parse(evidence(processes, given))
    assert.equal(value(facts.names), ['kernel', 'init', 'xenstored'])
    assert.equal(
      (value(facts.blocked) as { name: string }[]).map(({ name }) => name),
      ['xenstored'],
    )
    assert.is(value(xen.parse(evidence(xen, given)).xenstored), true)
    assert.equal(flips(processes, given), [])
    const both: Given[] = [
      [linux, { gap: 'withheld' }],
      [own, { gap: 'withheld' }],
    ]
    assert.is(value(processes.parse(evidence(processes, both)).names), 'withheld')
  })
})
