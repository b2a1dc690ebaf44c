/**
 * How long it takes to judge: all rules over a recorded host, and over the same host with 1,000 guests. In this process, without its
 * start; medians. `npm run bench`; exits with 1 where a limit is passed.
 */
import { loadRules } from '../src/cli/rules.ts'
import { collect } from '../src/engine/collect.ts'
import { judge } from '../src/engine/judge.ts'
import { askKey } from '../src/evidence/ask.ts'
import { factSets } from '../src/facts/index.ts'
import { BundleHost } from '../src/hosts/bundle.ts'
import type { Answer, Ask, Host } from '../src/types.ts'

const GUESTS = 1000
const FILES = '/etc/libvirt/qemu/*.xml'
const HOST = 'fixtures/hosts/kvm-host'

const rules = await loadRules('.')

/** The recorded host, with so many copies of its guest, each with a name, an identity and an address of its own. */
class CrowdedHost implements Host {
  readonly label = `${GUESTS} guests`
  readonly at = null
  async answer(asks: readonly Ask[]): Promise<readonly Answer[]> {
    const answers = await new BundleHost(HOST).answer(asks)
    const [one] = answers.flatMap((answer) =>
      answer.ok && answer.data.kind === 'file' && /\/etc\/libvirt\/qemu\/\w+\.xml/.test(answer.key)
        ? [answer.data.text]
        : [],
    )
    const copies = Array.from({ length: GUESTS }, (_, index): Answer => {
      const hex = index.toString(16).padStart(4, '0')
      const text = one!
        .replace(/<name>[^<]*/, `<name>guest${index}`)
        .replace(/<uuid>.{4}/, `<uuid>${hex}`)
        .replaceAll(/mac address='.{11}/g, `mac address='52:54:00:${hex.slice(0, 2)}`)
      const key = askKey({ file: `/etc/libvirt/qemu/guest${index}.xml` })
      return { key, ms: 0, ok: true, data: { kind: 'file', text } }
    })
    const values = copies.map((_, index) => `/etc/libvirt/qemu/guest${index}.xml`)
    const list: Answer = { key: askKey({ file: FILES }), ms: 0, ok: true, data: { kind: 'expands', values } }
    return [...answers.filter(({ key }) => key !== list.key), list, ...copies]
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

let failed = false
async function measure(name: string, host: Host, runs: number, limit: number): Promise<void> {
  const times: number[] = []
  let findings = 0
  for (let run = 0; run < runs; run++) {
    const { facts } = await collect(host, factSets)
    const started = performance.now()
    findings = judge(rules, facts).length
    times.push(performance.now() - started)
  }
  const took = median(times)
  failed ||= took > limit
  const verdict = took <= limit ? 'within' : 'OVER'
  console.log(
    `${name.padEnd(44)} ${findings} findings, first ${times[0]!.toFixed(0)} ms, median ${took.toFixed(0)} ms  ${verdict} ${limit}`,
  )
}

console.log(`\n${rules.length} rules judge:`)
await measure(`  ${HOST}`, new BundleHost(HOST), 7, 50)
await measure(`  the same with ${GUESTS} guests`, new CrowdedHost(), 3, 1000)
process.exit(failed ? 1 : 0)
