import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { fileWith, tarOf } from '../archive/packed.ts'
import { describe } from '../describe.ts'
import { Recorded } from '../hosts/wrap.ts'
import { bugReport, sosreport, supportconfig } from '../hosts/wrapped.ts'
import { vdoctor } from '../vdoctor.ts'

const archiveOf = async (wrap: typeof sosreport, machine: string): Promise<string> =>
  fileWith(gzipSync(await tarOf(wrap(await Recorded.of(`fixtures/hosts/${machine}`)))), 'web1.tgz')

describe('--from with an archive', (it) => {
  for (const [label, wrap, machine] of [
    ['sosreport', sosreport, 'kvm-host'],
    ['supportconfig', supportconfig, 'xen-dom0'],
    ['bug report', bugReport, 'xen-dom0'],
  ] as const)
    it(`goes through every command: ${label}`, async () => {
      const from = await archiveOf(wrap, machine)
      const before = readFileSync(from)
      const check = vdoctor(['check', '--from', from, '--fail-on', 'never'])
      assert.is(check.code, 0, check.err)
      assert.is(check.err, '')
      assert.ok(check.out.includes(`· ${label} ${from}`), check.out)
      const said = 'libxl: error: libxl_device.c:1234:device_hotplug: no message that anybody knows\n'
      const diagnose = vdoctor(['diagnose', '--from', from, '--fail-on', 'never'], { input: said })
      assert.is(diagnose.code, 0, diagnose.err)
      const facts = vdoctor(['facts', '--from', from, '--format', 'json'])
      assert.is(facts.code, 0, facts.err)
      const recorded = join(mkdtempSync(join(tmpdir(), 'vdoctor-')), 'again')
      const bundle = vdoctor(['bundle', '--from', from, '--unpacked', recorded])
      assert.is(bundle.code, 0, bundle.err)
      assert.is(vdoctor(['facts', '--from', recorded, '--format', 'json']).out, facts.out)
      // Nothing was written beside it or into it.
      assert.equal(readFileSync(from), before)
      assert.equal(
        readdirSync(join(from, '..')).filter((name) => name.includes('sos_commands')),
        [],
      )
    })

  it('says on stderr how far it could be read, and goes on', async () => {
    const whole = readFileSync(await archiveOf(sosreport, 'kvm-host'))
    const cut = fileWith(whole.subarray(0, whole.length - 2000))
    const { code, out, err } = vdoctor(['check', '--from', cut, '--fail-on', 'never'])
    assert.is(code, 0, err)
    assert.match(err, `vdoctor: ${cut} was read in part: it breaks off: unexpected end of file`)
    assert.match(out, /· sosreport /)
  })
})
