import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { known } from '../../src/evidence/result.ts'
import { course, estimate } from '../../src/migration/estimate.ts'
import { moveLines } from '../../src/reporters/move.ts'
import { describe } from '../describe.ts'
import { changed, machine } from './machines.ts'

const MIB = 1 << 20
const about = (value: number, expected: number): void =>
  assert.ok(Math.abs(value - expected) < expected * 0.01, `${value} is not about ${expected}`)

const line = (megabits: number) => ({
  network: { interfaces: known([{ name: 'eth0', kind: 'physical', state: 'up' }]) },
  migration: {
    links: known([
      { name: 'eth0', megabits },
      { name: 'virbr0', megabits: 99999 },
    ]),
  },
})

describe('how long a migration takes', (it) => {
  it('is one pass where the guest changes nothing', () => {
    const { seconds, downtimeSeconds, converges } = course(1000, 100, 0, { passes: 5 })
    assert.equal([seconds, downtimeSeconds, converges], [10, 0, true])
  })

  it('adds what changes during each pass, and stops when little is left', () => {
    // 10 s, then 5, 2.5, 1.25 s of what changed meanwhile; 0.625 s are left
    const done = course(1000, 100, 50, { passes: 1000, leftSeconds: 1 })
    assert.equal(done, { seconds: 10 + 5 + 2.5 + 1.25 + 0.625, downtimeSeconds: 0.625, converges: true })
  })

  it('suspends after the last pass, whatever is left', () => {
    const { downtimeSeconds, converges } = course(1000, 100, 90, { passes: 5, leftBytes: 1 })
    about(downtimeSeconds, 10 * 0.9 ** 5)
    assert.not.ok(converges)
  })

  it('never sends more than so many sizes of the guest before it suspends it', () => {
    const { seconds, downtimeSeconds } = course(1000, 100, 99, { passes: 30, leftBytes: 1, factor: 3 })
    assert.ok(seconds - downtimeSeconds <= 30)
  })

  it('a faster line is never slower, and a busier guest never faster', () => {
    const size = fc.integer({ min: 1, max: 1e9 })
    fc.assert(
      fc.property(size, size, size, size, (bytes, speed, dirty, more) => {
        const policy = { passes: 5, leftBytes: 50 * 4096 }
        const plain = course(bytes, speed, dirty, policy)
        const busier = course(bytes, speed, dirty + more, policy)
        assert.ok(plain.seconds >= bytes / speed)
        assert.ok(busier.downtimeSeconds >= plain.downtimeSeconds || busier.seconds >= plain.seconds)
      }),
    )
  })

  it('reckons with the slower of the two lines, and no bridge', async () => {
    const host = await machine('kvm-host')
    const [fast, slow] = [changed(host, line(10000)), changed(host, line(1000))]
    const guest = { name: 'kvm1', memory: 4096 * MIB }
    const made = estimate(guest, 'libvirt-qemu', fast, slow)!
    assert.is(made.megabits, 1000)
    about(made.onePassSeconds, (4096 * MIB * 8) / 1e9 / 0.9415)
    assert.is(made.seconds, null)
    assert.is(made.converges, null)
    assert.match(made.assumes.join(), 'nobody has measured')
    const rates = known([{ guest: 'kvm1', bytesPerSecond: 20 * MIB }])
    const measured = changed(host, { ...line(1000), migration: { ...line(1000).migration, dirtyRates: rates } })
    const known1 = estimate(guest, 'libvirt-qemu', measured, slow)!
    assert.ok(known1.converges && known1.seconds! > known1.onePassSeconds && known1.downtimeSeconds! <= 0.3)
  })

  it('says it where the guest is faster than the line', async () => {
    const host = await machine('kvm-host')
    const rates = { dirtyRates: known([{ guest: 'kvm1', bytesPerSecond: 500 * MIB }]) }
    const busy = changed(host, { ...line(1000), migration: { ...line(1000).migration, ...rates } })
    const guest = { name: 'kvm1', memory: 4096 * MIB }
    const endless = estimate(guest, 'libvirt-qemu', busy, busy)!
    assert.equal([endless.seconds, endless.downtimeSeconds, endless.converges], [null, null, false])
    assert.match(moveLines(endless, 100), 'would never end by itself')
    const stopped = estimate(guest, 'xl', busy, busy)!
    about(stopped.downtimeSeconds!, stopped.onePassSeconds)
    assert.match(moveLines(stopped, 100), 'It changes its memory too fast for less.')
  })

  it('assumes a line where nobody tells one, and nothing where the memory is not known', async () => {
    const host = await machine('kvm-host')
    const made = estimate({ name: 'kvm1', memory: 256 * MIB }, 'libvirt-qemu', host, host)!
    assert.is(made.megabits, 1000)
    assert.match(
      moveLines(made, 200),
      /256 MiB over 1000 Mbit\/s take 2\.3 s for one pass\. This assumes: a line of 1000 Mbit\/s, since neither/,
    )
    assert.is(estimate({ name: 'x', memory: null }, 'xl', host, host), null)
  })
})
