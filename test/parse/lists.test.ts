import * as assert from 'uvu/assert'
import { neverLoads, parseModprobe } from '../../src/parse/modprobe.ts'
import { parseDpkg, parsePkg, parseRpm, upstream } from '../../src/parse/package-list.ts'
import { parseUnits } from '../../src/parse/units.ts'
import { describe } from '../describe.ts'

describe('parse: lists of packages, units and modules', (it) => {
  it('counts only packages that are wholly installed', () => {
    assert.equal(
      parseDpkg('ii  xen-utils-4.17 4.17.7+13-g2445b30a44-0+deb12u1\nrc  libvirt0 9.0.0-4\nun  xen-tools \n'),
      [{ name: 'xen-utils-4.17', version: '4.17.7+13-g2445b30a44-0+deb12u1' }],
    )
    assert.equal(parseRpm('xen 4.17.2_04-150500.1.2\npackage xend is not installed\n'), [
      { name: 'xen', version: '4.17.2_04-150500.1.2' },
    ])
    assert.equal(parsePkg('xen-kernel-4.18.0.20240201\nxen-tools-4.18.2 Xen management tool\n'), [
      { name: 'xen-kernel', version: '4.18.0.20240201' },
      { name: 'xen-tools', version: '4.18.2' },
    ])
  })

  it('leaves epoch and packaging out of a version', () => {
    assert.is(upstream('1:7.2+dfsg-7+deb12u18'), '7.2')
    assert.is(upstream('4.17.2_04-150500.1.2'), '4.17.2')
    assert.is(upstream('git'), '')
  })

  it('reads units, with and without a mark before them', () => {
    assert.equal(
      parseUnits(
        '  libvirtd.service loaded active running Virtualization daemon\n● xencommons.service not-found inactive dead xencommons.service\nxen.service loaded active running LSB: Xen daemons\n',
      ),
      [
        { name: 'libvirtd.service', load: 'loaded', active: 'active', sub: 'running', script: false },
        { name: 'xencommons.service', load: 'not-found', active: 'inactive', sub: 'dead', script: false },
        { name: 'xen.service', load: 'loaded', active: 'active', sub: 'running', script: true },
      ],
    )
  })

  it('tells commands of modprobe from bare names', () => {
    const text = 'blacklist 8139cp\n# a comment\n8139too\ninstall xen-netfront \\\n  /bin/true\n'
    assert.equal(
      parseModprobe(text).map(({ command, module, line }) => [command, module, line]),
      [
        ['blacklist', '8139cp', 1],
        ['', '8139too', 3],
        ['install', 'xen_netfront', 4],
      ],
    )
    assert.equal(parseModprobe(text).map(neverLoads), [false, false, true])
    assert.is(parseModprobe('allow_unsupported_modules 1\n')[0]!.command, 'allow_unsupported_modules')
    assert.is(neverLoads(parseModprobe('install kvm /sbin/modprobe --ignore-install kvm')[0]!), false)
  })
})
