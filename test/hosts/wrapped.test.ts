import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { check } from '../../src/cli/check.ts'
import { everyAsk } from '../../src/engine/asks.ts'
import { Linter } from '../../src/engine/conditions.ts'
import { readRules } from '../../src/engine/library.ts'
import { factSets } from '../../src/facts/index.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { openRecording } from '../../src/hosts/recording.ts'
import { type Answer, type Finding, type Host, UserError } from '../../src/types.ts'
import { fileWith, tarOf } from '../archive/packed.ts'
import { describe } from '../describe.ts'
import { folderWith } from './machine-folder.ts'
import { Recorded } from './wrap.ts'
import { type Archive, bugReport, insights, oldSosreport, sosreport, supportconfig } from './wrapped.ts'

const rules = readRules('rules', new Linter(factSets))

const findingsOf = async (host: Host): Promise<readonly Finding[]> =>
  (await check(host, rules, { version: '0', root: '.' })).report.findings

const name = ({ rule, subject }: Finding): string => `${rule} · ${subject}`

/**
 * Verdicts of the archive that the machine itself does not give, and how many it gives alike. A message may be told where the fault that it
 * speaks of is not known from the machine's state any more.
 */
function compare(whole: readonly Finding[], archived: readonly Finding[]): { wrong: string[]; alike: number } {
  const verdicts = new Set(whole.map((finding) => `${name(finding)}: ${finding.outcome}`))
  const toldOtherwise = new Set(whole.filter(({ outcome, said }) => outcome === 'skipped' && said).map(name))
  const open = new Set(archived.filter(({ outcome }) => outcome === 'unknown').map(({ rule }) => rule))
  const wrong: string[] = []
  let alike = 0
  for (const finding of archived) {
    const verdict = `${name(finding)}: ${finding.outcome}`
    if (finding.outcome === 'unknown' || finding.subject.includes('?')) continue
    if (verdicts.has(verdict)) alike += finding.outcome === 'skipped' ? 0 : 1
    else if (!toldOtherwise.has(name(finding))) wrong.push(verdict)
  }
  const told = new Set(archived.map(name))
  for (const finding of whole)
    if (finding.outcome === 'problem' && !told.has(name(finding)) && !open.has(finding.rule))
      wrong.push(`${name(finding)}: the problem is gone`)
  return { wrong, alike }
}

/** How each writes it, and of which machines: with at least so many verdicts (`ok` and `problem`) that are the machine's own. */
const KINDS: readonly [string, (machine: Recorded) => Archive, Readonly<Record<string, number>>][] = [
  ['sosreport', sosreport, { 'kvm-host': 80, 'xen-dom0': 35, 'bare-metal': 12, 'kvm-guest': 38 }],
  ['sosreport', oldSosreport, { 'rhel5-xend-dom0': 110 }],
  ['supportconfig', supportconfig, { 'kvm-host': 35, 'xen-dom0': 30 }],
  ['bug report', bugReport, { 'xen-dom0': 25, 'xen-dom0-broken': 24 }],
  ['insights archive', insights, { 'kvm-host': 30, 'kvm-guest': 7 }],
]

describe('a machine in the archive of another program', (it) => {
  for (const [label, wrap, machines] of KINDS)
    for (const [machine, least] of Object.entries(machines))
      it(`is judged alike, as far as it was recorded: ${wrap.name}, ${machine}`, async () => {
        const folder = `fixtures/hosts/${machine}`
        const archive = wrap(await Recorded.of(folder))
        const path = fileWith(await tarOf(archive), 'any-name')
        const { host, note } = await openRecording(path, everyAsk)
        assert.is(note, null)
        assert.is(host.label, `${label} ${path}`)
        const whole = await findingsOf(new BundleHost(folder))
        const { wrong, alike } = compare(whole, await findingsOf(host))
        assert.equal(wrong, [])
        assert.ok(alike >= least, `${alike} of ${whole.filter(({ outcome }) => outcome !== 'unknown').length} verdicts`)
        const top = Object.keys(archive)[0]!.split('/')[0]!
        const unpacked = await openRecording(`${folderWith(archive)}/${top}`, everyAsk)
        assert.equal(compare(whole, await findingsOf(unpacked.host)).wrong, [])
      })

  for (const [label, wrap, machines] of KINDS)
    it(`is never read otherwise where the archive is cut off, at any byte: ${wrap.name}`, async () => {
      const tar = await tarOf(wrap(await Recorded.of(`fixtures/hosts/${Object.keys(machines)[0]!}`)))
      const answersOf = async (bytes: Buffer): Promise<readonly Answer[] | null> => {
        try {
          const { host } = await openRecording(fileWith(bytes), everyAsk)
          // Before what it is recognised by, it is a bare tree.
          return host.label.startsWith(label) ? await host.answer(everyAsk) : null
        } catch (error) {
          if (error instanceof UserError) return null
          throw error
        }
      }
      const whole = new Map((await answersOf(tar))!.map((answer) => [answer.key, essence(answer)]))
      let read = 0
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: tar.length - 1025 }), async (at) => {
          for (const answer of (await answersOf(tar.subarray(0, at))) ?? []) {
            if (answer.ok) read++
            if (answer.ok || answer.gap === 'absent') assert.is(essence(answer), whole.get(answer.key), answer.key)
          }
        }),
        { numRuns: 25 },
      )
      assert.ok(read > 50, String(read))
    })
})

const essence = (answer: Answer): string => (answer.ok ? JSON.stringify(answer.data) : answer.gap)
