import * as assert from 'uvu/assert'
import { known } from '../../src/evidence/result.ts'
import type { Side } from '../../src/migration/guest.ts'
import { apart, readiness, startReadiness } from '../../src/migration/ready.ts'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'
import { changed, machine, rules, twin } from './machines.ts'

const found = (guest: string, source: Side, target: Side, offline = false): string[] =>
  readiness(guest, rules, { source, target, offline, version: '1' })
    .findings.filter(({ outcome }) => outcome === 'problem')
    .map(({ rule, subject }) => (subject ? `${rule} ${subject}` : rule))
    .sort()

describe('ready', (it) => {
  for (const [name, guest] of [
    ['kvm-host', 'kvm1'],
    ['xen-dom0', 'pvh1'],
    ['rhel5-xend-dom0', 'rhel5vm01'],
  ] as const) {
    it(`a host is ready for its own guest: ${name}`, async () => {
      const source = await machine(name)
      assert.equal(found(guest, source, twin(source, guest)), [])
    })
  }

  it("knows that Debian's Xen moves no PV guest that runs", async () => {
    const source = await machine('xen-dom0')
    assert.equal(found('pv1', source, twin(source, 'pv1')), ['pv-guest-writes-not-tracked'])
    assert.equal(found('pv1', source, twin(source, 'pv1'), true), [])
  })

  it('names every reason at once, and none that was not planted', async () => {
    const own = await machine('kvm-host')
    const nic = { guest: 'kvm1', name: 'vnet0', network: 'storage', bridge: '' }
    const guests = { ...own.facts['guests'], interfaces: known([nic]) }
    const source = { ...own, facts: { ...own.facts, guests } }
    const target = twin(source, 'kvm1', {
      platform: { arch: known('aarch64') },
      memory: { total: known(1), available: known(1) },
    })
    assert.equal(found('kvm1', source, target), [
      'network-missing-on-target vnet0',
      'processor-architectures-differ',
      'target-has-too-little-memory',
      'target-memory-in-use',
    ])
  })

  it('asks rules of the toolstack that moves the guest, and of a live move only where it is one', async () => {
    const source = await machine('kvm-host')
    const target = twin(source, 'kvm1', { cpu: { vendor: known('Other'), flags: known([]) } })
    const own = source.facts['guests']!['all'] as { value: object[] }
    const passed = (mode: string): Side => ({
      ...source,
      facts: {
        ...source.facts,
        guests: { ...source.facts['guests'], all: known(own.value.map((one) => ({ ...one, cpuMode: mode }))) },
      },
    })
    assert.equal(found('kvm1', passed('host-passthrough'), target), [
      'processor-flags-missing-on-target',
      'processor-vendors-differ',
    ])
    assert.equal(found('kvm1', passed('custom'), target), [])
    assert.equal(found('kvm1', passed('host-passthrough'), target, true), [])
  })

  it('what nobody knows of the target stays undecided', async () => {
    const source = await machine('kvm-host')
    const nothing: Side = { host: { label: 'x', at: null }, facts: {} }
    const report = readiness('kvm1', rules, { source, target: nothing, offline: false, version: '1' })
    assert.not.ok(report.findings.some(({ outcome }) => outcome === 'problem'))
    assert.ok(report.findings.filter(({ outcome }) => outcome === 'unknown').length > 4)
  })

  it('says who refuses, when, and with which words', async () => {
    const own = await machine('kvm-host')
    const nic = { guest: 'kvm1', name: 'vnet0', network: '', bridge: 'br7', mac: '' }
    const source = changed(own, { guests: { interfaces: known([nic]) } })
    const refusals = (target: Side) =>
      readiness('kvm1', rules, { source, target, offline: false, version: '1' }).findings.flatMap(
        ({ refusal }) => refusal ?? [],
      )
    const words = "Cannot get interface MTU on 'br7': No such device"
    assert.equal(refusals(twin(source, 'kvm1')), [{ by: 'libvirt-qemu', phase: 'target', words }])
  })

  it('says on which host the whole host stands in the way', async () => {
    const source = await machine('xen-dom0')
    const target = twin(source, 'pvh1', { xen: { xenstored: known(false), xenstoreDomain: known(false) } })
    assert.equal(found('pvh1', source, target), ['xenstored-not-running the target'])
  })

  it('says where two recordings were made long apart', async () => {
    const [source, target] = [await machine('kvm-host'), await machine('rhel5-xend-dom0')]
    assert.is(apart({ source, target: source }), null)
    assert.match(apart({ source, target })!, /much may have changed/)
  })
})

describe('ready --start', (it) => {
  const wrong = async (guest: string, name = 'xen-dom0-broken'): Promise<string[]> =>
    startReadiness(guest, rules, { target: await machine(name), version: '1' })
      .findings.filter(({ outcome }) => outcome === 'problem')
      .map(({ rule, subject }) => `${rule} ${subject}`.trim())
      .sort()

  it('names what is wrong with that guest, and with no other', async () => {
    assert.equal(await wrong('nobridge'), ['guest-bridge-missing guest nobridge, vif0'])
    assert.equal(await wrong('nokernel'), ['kernel-file-missing guest nokernel'])
    assert.equal(await wrong('web1'), ['disk-image-missing guest web1, xvda'])
    assert.equal(await wrong('pv1'), [])
  })

  it('looks for memory, and for addresses that another guest has', async () => {
    assert.equal(await wrong('db1'), [
      'mac-address-taken-on-target vif0',
      'target-memory-in-use',
      'vnc-open-without-password guest db1, vnc',
    ])
  })

  it('knows a guest by its file too', async () => {
    assert.equal(await wrong('/etc/xen/nokernel.cfg'), ['kernel-file-missing guest nokernel'])
  })

  it('tells what keeps every guest of the host from starting', async () => {
    assert.ok((await wrong('pv1', 'xen-dom0-xenstored-dead')).includes('xenstored-not-running'))
  })

  it('a guest that runs is not to be started', async () => {
    const running = startReadiness.bind(null, 'pvh1', rules, { target: await machine('xen-dom0-broken'), version: '1' })
    assert.throws(running, /pvh1 runs on .* already/)
  })
})

describe('the command ready', (it) => {
  const [kvm, xen] = ['fixtures/hosts/kvm-host', 'fixtures/hosts/xen-dom0']

  it('prints blockers and exits with 1; any format of check', () => {
    const { code, out } = vdoctor(['ready', 'kvm1', '--source', kvm, '--target', xen])
    assert.is(code, 1)
    assert.match(out, `guest kvm1: bundle ${kvm} → bundle ${xen}`)
    assert.match(out, /\[hosts-run-different-hypervisors\]/)
    const json = vdoctor(['ready', 'kvm1', '--source', kvm, '--target', xen, '--format', 'json'])
    assert.is((JSON.parse(json.out) as { version: number }).version, 1)
  })

  it('exits as a plugin of Nagios where it prints as one', () => {
    const { code, out } = vdoctor(['ready', 'kvm1', '--source', kvm, '--target', xen, '--format', 'nagios'])
    assert.is(code, 2)
    assert.match(out, /^VDOCTOR CRITICAL/)
  })

  it('starts nothing without a target, and moves nothing with --start', () => {
    const broken = 'fixtures/hosts/xen-dom0-broken'
    const { code, out } = vdoctor(['ready', 'nokernel', '--start', '--source', broken])
    assert.is(code, 1)
    assert.match(out, /start of guest nokernel on bundle/)
    assert.is(vdoctor(['ready', 'pv1', '--start', '--source', broken]).code, 0)
    const none = vdoctor(['ready', 'pv1', '--source', broken])
    assert.is(none.code, 2)
    assert.match(none.err, /needs --target/)
    assert.is(vdoctor(['ready', 'pv1', '--start', '--source', broken, '--target', kvm]).code, 2)
  })

  it('check does not ask these rules', () => {
    const { out } = vdoctor(['check', '--from', kvm, '--format', 'json'])
    assert.not.match(out, 'hosts-run-different-hypervisors')
  })

  it('refuses in a sentence what is no pair', () => {
    for (const [args, message] of [
      [['nope', '--source', kvm, '--target', xen], 'has no guest called "nope"'],
      [['kvm', '--source', kvm, '--target', xen], 'did you mean "kvm1"'],
      [['kvm1', '--source', xen, '--target', kvm], 'Turn --source and --target round'],
      [['kvm1', '--source', kvm, '--target', kvm], 'source and target are the same'],
    ] as const) {
      const { code, err } = vdoctor(['ready', ...args])
      assert.is(code, 2)
      assert.match(err, message)
    }
  })
})
