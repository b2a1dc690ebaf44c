import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, basename } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { everyAsk } from '../../src/engine/asks.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { openRecording } from '../../src/hosts/recording.ts'
import { type Answer, UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'
import { fileWith, filesOf, packedBy, tarOf } from './packed.ts'

const MACHINE = 'fixtures/hosts/xen-dom0'
const wanted = await new BundleHost(MACHINE).answer(everyAsk)

const answersOf = async (from: string): Promise<readonly Answer[]> =>
  (await openRecording(from, everyAsk)).host.answer(everyAsk)

/** As the folder answers, or that nobody knows; how many are known. */
function neverOtherwise(got: readonly Answer[]): number {
  const whole = new Map(wanted.map((answer) => [answer.key, answer]))
  for (const answer of got)
    if (answer.ok || answer.gap !== 'not-recorded') assert.equal(answer, whole.get(answer.key), answer.key)
  return got.filter(({ ok }) => ok).length
}

describe('a packed bundle', (it) => {
  it('answers as its folder does, at its root and in one folder', async () => {
    assert.equal(await answersOf(packedBy([], MACHINE)), wanted)
    assert.equal(await answersOf(packedBy([], dirname(MACHINE), basename(MACHINE))), wanted)
    assert.equal(await answersOf(packedBy(['--format=v7'], dirname(MACHINE), basename(MACHINE))), wanted)
  })

  it('says what it is', async () => {
    const path = packedBy([], MACHINE)
    const { host, note } = await openRecording(path, everyAsk)
    assert.is(host.label, `bundle ${path}`)
    assert.is(note, null)
    assert.equal(host.at, new BundleHost(MACHINE).at)
  })

  it('may be packed with gzip', async () => {
    assert.equal(await answersOf(packedBy(['-z'], MACHINE)), wanted)
  })

  for (const program of ['xz', 'zstd', 'bzip2'])
    it(`may be packed with ${program}`, async () => {
      if (needs(program)) assert.equal(await answersOf(packedBy([`--${program}`], MACHINE)), wanted)
    })

  it('is never read otherwise where it is cut off, at any byte', async () => {
    const tar = readFileSync(packedBy(['--sort=name'], MACHINE))
    const packed = gzipSync(tar)
    assert.equal(gunzipSync(packed), tar)
    const known: number[] = []
    const readCut = async (bytes: Buffer): Promise<void> => {
      try {
        const { host, note } = await openRecording(fileWith(bytes), everyAsk)
        assert.match(note!, 'read in part')
        known.push(neverOtherwise(await host.answer(everyAsk)))
      } catch (error) {
        if (!(error instanceof UserError)) throw error
      }
    }
    const { 'manifest.jsonl': manifest, ...data } = filesOf(MACHINE)
    const first = await tarOf(
      Object.entries({ 'manifest.jsonl': manifest!, ...data }).map(([name, body]) => ({
        header: { name, size: body.length },
        body,
      })),
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: packed.length - 9 }), (at) => readCut(packed.subarray(0, at))),
      { numRuns: 30 },
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: first.length - 1025 }), (at) => readCut(first.subarray(0, at))),
      { numRuns: 60 },
    )
    assert.ok(known.length > 20 && Math.min(...known) + 50 < Math.max(...known), String(known))
  })

  it('is read as far as its damage allows', async () => {
    const tar = readFileSync(packedBy(['--sort=name'], MACHINE))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: tar.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const damaged = Buffer.from(tar)
          damaged[at] = damaged[at]! ^ by
          try {
            await answersOf(fileWith(damaged))
          } catch (error) {
            if (!(error instanceof UserError)) throw error
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('does not believe an item whose checksum is wrong', async () => {
    const files = Object.entries(filesOf(MACHINE))
    const tar = await tarOf(
      files.map(([name, body]) => {
        const changed = name === 'files/proc/cmdline' ? Buffer.from('quiet\n') : body
        return { header: { name: `b/${name}`, size: changed.length }, body: changed }
      }),
    )
    const answer = (await answersOf(fileWith(tar))).find(({ key }) => key === '{"file":"/proc/cmdline"}')!
    assert.equal(
      { ...answer, ms: 0 },
      {
        key: '{"file":"/proc/cmdline"}',
        ms: 0,
        ok: false,
        gap: 'malformed',
        detail: 'its checksum is wrong',
      },
    )
  })

  it('goes through the command, and its sentence to stderr', () => {
    const path = packedBy(['-z'], MACHINE)
    const run = (from: string): string =>
      execFileSync(process.execPath, ['bin/vdoctor.cjs', 'facts', 'xen', '--from', from], { encoding: 'utf8' })
    assert.is(run(path), run(MACHINE))
  })
})
