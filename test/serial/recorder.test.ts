import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { DEFAULTS, Recorder, type RecorderOptions } from '../../src/serial/capture/recorder.ts'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'

interface Kept {
  readonly bytes: Buffer
  readonly events: { event: string; bytes?: number; segment: number; offset: number }[]
}
function kept(folder: string): Kept {
  const raw = readdirSync(folder)
    .filter((name) => name.endsWith('.raw'))
    .sort()
  const events = readFileSync(join(folder, 'c.events.jsonl'), 'utf8').trim().split('\n')
  return {
    bytes: Buffer.concat(raw.map((name) => readFileSync(join(folder, name)))),
    events: events.map((line) => JSON.parse(line) as Kept['events'][number]),
  }
}
const recorder = (folder: string, options: Partial<RecorderOptions> = {}, told: string[] = []): Recorder =>
  new Recorder(folder, 'c', { ...DEFAULTS, ...options }, (sentence) => told.push(sentence))

describe('a record', (it) => {
  it('is what came, in segments, with the time of each line', async () => {
    const folder = folderWith({})
    const record = recorder(folder, { maxBytes: 1000 })
    const sent: Buffer[] = []
    for (let at = 0; at < 300; at++) {
      const bytes = Buffer.from(`line ${at} \u001b[31m\u0000\r\n`)
      sent.push(bytes)
      record.take(bytes)
      if (at % 50 === 0) await sleep(5)
    }
    await record.close()
    assert.ok(kept(folder).bytes.equals(Buffer.concat(sent)))
    assert.ok(readdirSync(folder).filter((name) => name.endsWith('.raw')).length > 2)
    assert.equal(
      kept(folder).events.map(({ event }) => event),
      ['started', 'stopped'],
    )
    const times = readFileSync(join(folder, 'c.000001.times'), 'utf8').trim().split('\n')
    assert.match(times[0]!, /^0 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \d+\.\d{3}$/)
    const offsets = times.map((line) => Number(line.split(' ')[0]))
    assert.equal(
      offsets,
      [...offsets].sort((a, b) => a - b),
    )
  })

  it('goes on behind an older one, and touches nothing of it', async () => {
    const folder = folderWith({})
    for (const text of ['first', 'second']) {
      const record = recorder(folder)
      record.take(Buffer.from(text))
      await record.close()
    }
    assert.is(kept(folder).bytes.toString(), 'firstsecond')
    assert.equal(
      readdirSync(folder)
        .filter((name) => name.endsWith('.raw'))
        .sort(),
      ['c.000001.raw', 'c.000002.raw'],
    )
  })

  it('begins a new segment with age, and removes the oldest only where that was asked', async () => {
    const folder = folderWith({})
    const record = recorder(folder, { maxAgeMs: 1, keepBytes: 10 })
    for (const text of ['aaaaa', 'bbbbb', 'ccccc', 'ddddd']) {
      record.take(Buffer.from(text))
      await sleep(10)
    }
    await record.close()
    assert.is(kept(folder).bytes.toString(), 'bbbbbcccccddddd')
  })

  it('is opened anew where it was moved away', async () => {
    const folder = folderWith({})
    const record = recorder(folder)
    record.take(Buffer.from('old'))
    await sleep(20)
    renameSync(join(folder, 'c.000001.raw'), join(folder, 'rotated'))
    await record.reopen()
    record.take(Buffer.from('new'))
    await record.close()
    assert.is(readFileSync(join(folder, 'rotated'), 'utf8'), 'old')
    assert.is(readFileSync(join(folder, 'c.000001.raw'), 'utf8'), 'new')
  })

  it('refuses a folder that it cannot write to with what the file system says', () => {
    assert.throws(() => recorder('/nonexistent/folder'), /ENOENT/)
  })
})

/** A file system of so many KiB; null where this user may not mount one. */
function smallDisk(kib: number): string | null {
  const folder = join(folderWith({}), 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    process.stdout.write('\nnot tried: a full disk, since this user may not mount one\n')
    return null
  }
}

describe('a record on a full disk', (it) => {
  it('stops writing, says so, keeps the last of what comes, and goes on when there is room', async () => {
    const disk = smallDisk(256)
    if (disk === null) return
    try {
      const told: string[] = []
      const filler = join(disk, 'filler')
      writeFileSync(filler, Buffer.alloc(150 << 10))
      const record = recorder(disk, { retryMs: 20, ringBytes: 64 << 10 }, told)
      const sent: Buffer[] = []
      let taken = 0
      for (let at = 0; at < 400; at++) {
        const bytes = Buffer.alloc(1000, 97 + (at % 26))
        sent.push(bytes)
        if (record.take(bytes)) taken++
        if (at % 20 === 0) await sleep(2)
      }
      await sleep(60)
      assert.ok(taken > 300, `nobody waits for a full disk: ${taken}`)
      assert.match(told[0] ?? '', /cannot write \(ENOSPC\); listening on, the last 64 KiB wait in memory/)
      assert.ok(record.lost > 100_000)
      rmSync(filler)
      await sleep(100)
      record.take(Buffer.from('END'))
      await record.close()
      const { bytes, events } = kept(disk)
      const all = Buffer.concat([...sent, Buffer.from('END')])
      assert.is(bytes.length + record.lost, all.length)
      const lost = events.filter(({ event }) => event === 'lost')
      assert.equal(
        lost.map(({ bytes: count }) => count),
        [record.lost],
      )
      const at = lost[0]!.offset
      assert.ok(bytes.subarray(0, at).equals(all.subarray(0, at)))
      assert.ok(bytes.subarray(at).equals(all.subarray(at + record.lost)))
      assert.match(told.join('\n'), /bytes were lost while the disk took nothing\n.*recording again/)
    } finally {
      execFileSync('umount', [disk])
    }
  })

  it('loses nothing where all that came fits into memory', async () => {
    const disk = smallDisk(64)
    if (disk === null) return
    try {
      const filler = join(disk, 'filler')
      writeFileSync(filler, Buffer.alloc(48 << 10))
      const record = recorder(disk, { retryMs: 20 })
      const text = Buffer.alloc(30_000, 'abcdefghij')
      record.take(text)
      await sleep(60)
      assert.ok(existsSync(filler))
      rmSync(filler)
      await record.close()
      assert.ok(kept(disk).bytes.equals(text))
      assert.is(record.lost, 0)
    } finally {
      execFileSync('umount', [disk])
    }
  })
})
