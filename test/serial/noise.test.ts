import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { Noise } from '../../src/serial/capture/noise.ts'
import { describe } from '../describe.ts'

/** What a port at one speed reads of what another wrote: eight data bits, no parity, one stop bit, sampled in the middle of each bit. */
function readAt(baud: number, text: Buffer, written: number): Buffer {
  const line = [...text].flatMap((byte) => [0, ...Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1), 1])
  const levelAt = (time: number): number => line[Math.floor(time * written)] ?? 1
  const read: number[] = []
  for (let time = 0, end = line.length / written; time < end;) {
    if (levelAt(time) === 1) {
      time += 1 / (16 * baud)
      continue
    }
    let byte = 0
    for (let bit = 0; bit < 8; bit++) byte |= levelAt(time + (1.5 + bit) / baud) << bit
    read.push(byte)
    time += 9.5 / baud
  }
  return Buffer.from(read)
}

const suspected = (bytes: Buffer): number | null => {
  const noise = new Noise()
  for (let at = 0; at < bytes.length; at += 100) {
    const share = noise.take(bytes.subarray(at, at + 100), at * 1000)
    if (share !== null) return share
  }
  return null
}
const boot = readFileSync('fixtures/consoles/kvm-host-ok.log')

describe('noise on a console', (it) => {
  it('is what a port at another speed reads', () => {
    assert.ok(readAt(9600, boot.subarray(0, 500), 9600).equals(boot.subarray(0, 500)))
    for (const [read, written] of [
      [115_200, 9600],
      [9600, 115_200],
      [115_200, 38_400],
      [57_600, 115_200],
      [115_200, 57_600],
      [9600, 38_400],
    ] as const)
      assert.ok((suspected(readAt(read, boot.subarray(0, 30_000), written)) ?? 0) > 0.3, `${written} read at ${read}`)
    assert.ok((suspected(randomBytes(4096)) ?? 0) > 0.3)
  })

  it('is no text of any language, no colours, and no frame of a setup screen', () => {
    const german = 'Die Größe des Änderungsprotokolls übersteigt für schöne Gäste die mögliche Länge.\r\n'
    const row = (left: number, middle: number, right: number): Buffer =>
      Buffer.from([left, ...Array.from({ length: 78 }, () => middle), right])
    const screen = Buffer.concat([row(0xc9, 0xcd, 0xbb), ...Array.from({ length: 22 }, () => row(0xba, 0x20, 0xba))])
    for (const [name, bytes] of [
      ['a boot', boot],
      ['UTF-8', Buffer.from(german.repeat(50))],
      ['Latin-1', Buffer.from(german.repeat(50), 'latin1')],
      ['Japanese', Buffer.from('仮想マシンを起動しています。\r\n'.repeat(200))],
      ['colours', Buffer.from('\u001b[0;32m  OK  \u001b[0m\b\u0007\r\n'.repeat(200))],
      ['frames', Buffer.concat([screen, screen, screen])],
    ] as const)
      assert.is(suspected(bytes), null, name)
  })

  it('is said once, and after a sample of a flood', () => {
    const noise = new Noise()
    const told = Array.from({ length: 20 }, (_, second) => noise.take(randomBytes(2048), second * 1000))
    assert.is(told.filter((share) => share !== null).length, 1)
    const busy = new Noise()
    assert.is(busy.take(boot.subarray(0, 4096), 0), null)
    assert.is(busy.take(randomBytes(4096), 100), null)
    assert.type(busy.take(randomBytes(4096), 1000), 'number')
  })
})
