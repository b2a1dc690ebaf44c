import { rmSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { known } from '../../src/evidence/result.ts'
import { cheapestStep, Changes, nearestCell } from '../../src/migration/changes.ts'
import type { Side } from '../../src/migration/guest.ts'
import { cpuSets } from '../../src/migration/cpu/sets.ts'
import { matrixCode } from '../../src/cli/ready/matrix.ts'
import { matrix, type Row, type Verdict } from '../../src/migration/matrix.ts'
import { readiness } from '../../src/migration/ready.ts'
import { matrixJson, matrixText } from '../../src/reporters/matrix.ts'
import type { Finding } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'
import { changed, emptyHost, machine, rules, twin } from './machines.ts'

const MACHINES = ['kvm-host', 'xen-dom0', 'xen-dom0-broken', 'rhel5-xend-dom0', 'xen-dom0-xenstored-dead', 'kvm-guest']
const told = ({ rule, subject, says }: Finding): string => `${rule} ${subject}: ${says}`

const grave = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ outcome, severity }) => outcome === 'problem' && severity !== 'info')
    .map(told)
    .sort()
const undecided = (findings: readonly Finding[]): string[] =>
  [...new Set(findings.filter(({ outcome }) => outcome === 'unknown').map(({ rule }) => rule))].sort()

/** Every cell says what `ready` says of that guest and that pair; what the matrix judges only once may not show. */
function sameAsReady(sides: readonly Side[], offline: boolean): void {
  const rows = [...matrix(sides, rules, offline)]
  assert.ok(rows.length > 4)
  for (const { guest, source, cells } of rows) {
    for (const { target, problems, undecided: open } of cells) {
      const pair = { source: sides[source]!, target: sides[target]!, offline, version: '1' }
      const { findings } = readiness(guest, rules, pair)
      const where = `${guest}: ${sides[source]!.host.label} to ${sides[target]!.host.label}`
      assert.equal(problems.map(told).sort(), grave(findings), where)
      assert.equal([...open].sort(), undecided(findings), where)
    }
  }
}

const PLAIN = { type: 'bridge', mac: '', script: '', virtualport: '' }
const MAC = '00:16:3e:00:00:01'
const cpuOf = (guest: string, mode: string) => ({
  ...{ guest, configFile: '', mode, model: '', fallback: '', vendor: '', match: '', check: '', migratable: '' },
  ...{ required: [], hidden: [], forbidden: [], nested: false, tscMode: '', tscFrequency: null },
})

/** The KVM host with three guests that differ in one thing each, and targets that lack one thing each. */
async function fleet(): Promise<Side[]> {
  const host = await machine('kvm-host')
  const [one] = (host.facts['guests']!['all'] as { value: object[] }).value as [object]
  const guest = (name: string, more: object) => ({ ...one, name, uuid: name, configFile: `/etc/${name}.xml`, ...more })
  const nic = (name: string, bridge: string) => ({
    guest: name,
    name: 'vnet0',
    network: '',
    bridge,
    ...PLAIN,
  })
  const cpus = ['small', 'large', 'odd'].map((name) => cpuOf(name, name === 'large' ? 'host-passthrough' : ''))
  const guests = {
    all: known([guest('small', {}), guest('large', { memory: 1e12 }), guest('odd', {})]),
    cpus: known(cpus),
    interfaces: known([nic('small', 'br0'), nic('large', 'br0'), { ...nic('odd', 'br1'), mac: MAC }]),
  }
  const emulators = (host.facts['offers']!['emulators'] as { value: readonly { features: string[] }[] }).value
  const weaker = emulators.map((one) => ({ ...one, features: one.features.filter((name) => name !== 'lm') }))
  const other = { guest: 'other', name: 'vnet0', network: '', bridge: 'br0', mac: MAC }
  const old = { offers: { emulators: known(weaker) }, guests: { interfaces: known([other]) } }
  const bridges = (...names: string[]) => ({ network: { bridgeNames: known(names) } })
  return [
    changed(host, { guests, backends: { cpus: known(cpus) }, ...bridges('br0', 'br1') }, 'from'),
    twin(changed(host, bridges('br0', 'br1')), 'kvm1'),
    changed(twin(host, 'kvm1', bridges('br0')), {}, 'without br1'),
    changed(twin(host, 'kvm1', { ...bridges('br0', 'br1'), ...old }), {}, 'old'),
  ]
}

const verdicts = (rows: readonly Row[]): Record<string, string> =>
  Object.fromEntries(rows.map(({ guest, cells }) => [guest, cells.map(({ verdict }) => verdict).join(' ')]))

describe('the matrix', (it) => {
  it('says in each cell what ready says of that pair: recorded machines', async () => {
    const sides = await Promise.all(MACHINES.map(machine))
    sameAsReady(sides, false)
    sameAsReady(sides, true)
  })

  it('says in each cell what ready says of that pair: guests that are alike but for one thing', async () => {
    sameAsReady([...(await fleet()), ...(await Promise.all(MACHINES.slice(1, 3).map(machine)))], false)
  })

  it('is red where it would fail, amber where it may bite', async () => {
    const seen = verdicts([...matrix(await fleet(), rules, false)])
    assert.equal(seen, { small: 'green green green', large: 'red red red', odd: 'green red amber' })
  })

  it('finds the changes that turn cells green, and where least is in the way', async () => {
    const rows = [...matrix(await fleet(), rules, false)]
    const changes = new Changes()
    for (const row of rows) changes.add(row)
    const found = changes.all().map(({ finding, target, guests }) => `${target} ${finding.rule} ${guests.join()}`)
    assert.equal(found.sort(), ['2 bridge-missing-on-target odd', '3 mac-address-taken-on-target odd'])
    assert.is(nearestCell(rows[2]!)!.target, 1)
    assert.is(nearestCell({ cells: rows[2]!.cells.slice(1) })!.target, 3)
  })

  it('takes the step that interrupts least, and none that only looks or goes elsewhere', () => {
    const step = (fix: Finding['fix']) => cheapestStep({ fix } as Finding)
    const [look, other] = [
      { run: ['ip', 'link'] },
      { do: 'Choose another.', interrupts: 'nothing', elsewhere: true as const },
    ]
    const [guest, none] = [
      { do: 'a', interrupts: 'the guest' },
      { do: 'b', interrupts: 'nothing' },
    ]
    const reboot = { do: 'c', interrupts: 'a reboot of the host' }
    assert.is(step([look, other]), undefined)
    assert.is(step([look, other, reboot, guest]), guest)
    assert.is(step([guest, none, look]), none)
  })

  it('is printed as a table, or counted where there are too many hosts for one', async () => {
    const sides = await fleet()
    const made = {
      vdoctor: '1',
      hosts: sides.map(({ host }) => host.label),
      rows: [...matrix(sides, rules, false)],
      cpus: cpuSets(sides),
    }
    const wide = matrixText(made, { width: 100, color: null })
    assert.match(wide, /│ odd +│ here │ green │ red +│ amber │/)
    assert.match(wide, /One change would turn green:\n  - odd on [34]: /)
    assert.match(
      wide,
      /Guests that can go nowhere yet:\n  - large: nearest is \d; in the way: target-has-too-little-memory/,
    )
    assert.match(wide, '4 green, 1 amber, 4 red')
    assert.match(wide, /What all of 4 hosts can give KVM guests \(by libvirt's notes of QEMU\)\.\n  <cpu mode='custom'/)
    const narrow = matrixText(made, { width: 40, color: null })
    assert.match(narrow, /│ small +│ 1 +│ 3 +│ 0 +│ 0 +│ 2-4 +│/)
    const json = JSON.parse(matrixJson(made)) as {
      guests: { guest: string; targets: { target: string; problems: { rule: string }[] }[] }[]
    }
    assert.equal(
      json.guests.map(({ guest }) => guest),
      ['small', 'large', 'odd'],
    )
    assert.is(json.guests[2]!.targets[1]!.problems[0]!.rule, 'bridge-missing-on-target')
    assert.is(json.guests[2]!.targets[1]!.target, 'without br1')
  })
})

describe('the command ready --matrix', (it) => {
  it('reads folders of machines, and exits with 1 where a guest can go nowhere', () => {
    const { code, out } = vdoctor(['ready', '--matrix', 'fixtures/hosts', '--format', 'json'])
    assert.is(code, 1)
    assert.is((JSON.parse(out) as { hosts: string[] }).hosts.length, 13)
  })

  it('exits with 0 where each may go somewhere, and 3 with --strict where none surely can', () => {
    const made = (...rows: Verdict[][]) => ({
      ...{ vdoctor: '1', hosts: [], cpus: [] },
      rows: rows.map((verdicts) => ({
        ...{ guest: 'web1', toolstack: 'xl', live: true, source: 0 },
        cells: verdicts.map((verdict, target) => ({ target, verdict, problems: [], undecided: [] })),
      })),
    })
    for (const [rows, usual, strict] of [
      [[['red', 'green'], ['green']], 0, 0],
      [[['red', 'amber'], ['green']], 0, 3],
      [[['red', 'red'], ['green']], 1, 1],
      [[], 0, 0],
    ] as const)
      assert.equal(
        [false, true].map((how) => matrixCode(made(...(rows as unknown as Verdict[][])), how)),
        [usual, strict],
      )
    const target = emptyHost()
    const { code } = vdoctor(['ready', '--matrix', 'fixtures/hosts/kvm-host', target])
    rmSync(target, { recursive: true })
    assert.is(code, 0)
  })

  it('says what it does not take', () => {
    for (const [args, message] of [
      [['--matrix', 'fixtures/hosts/kvm-host'], 'needs two machines'],
      [['--matrix', 'fixtures/hosts', '--format', 'junit'], 'not printed as junit'],
      [['a', 'b', '--start'], 'takes one guest, not 2'],
      [['--start'], 'needs the name of a guest'],
    ] as const) {
      const { code, err } = vdoctor(['ready', ...args])
      assert.is(code, 2)
      assert.match(err, message)
    }
  })

  it('one machine that cannot be read does not keep the others from their places', () => {
    const { code, out, err } = vdoctor([
      'ready',
      '--matrix',
      'fixtures/hosts/kvm-host',
      'fixtures/hosts/xen-dom0',
      'package.json',
    ])
    assert.is(code, 2)
    assert.match(out, 'on 2 hosts')
    assert.match(err, 'package.json')
  })
})
