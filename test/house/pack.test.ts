import { execFileSync, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'

const single = resolve('dist/pack/vdoctor')

describe('the single executable', (it) => {
  it('says what the installed program says, wherever it stands', () => {
    execFileSync('node_modules/.bin/tsx', ['.ci/pack.ts'], { stdio: 'ignore' })
    const env = { PATH: '/nonexistent', NO_COLOR: '1' }
    const run = (args: string[], input = '') => spawnSync(single, args, { encoding: 'utf8', input, env, cwd: '/' })
    const sick = resolve('fixtures/hosts/xen-dom0-broken')
    for (const args of [
      ['check', '--from', sick],
      ['check', '--from', sick, '--format', 'table'],
      ['explain', 'guest-bridge-missing'],
      ['rules', 'coverage'],
      ['collector'],
      ['--help'],
    ]) {
      const here = vdoctor(args)
      const { status, stdout, stderr } = run(args)
      assert.equal({ code: status, out: stdout, err: stderr }, here, args.join(' '))
    }
    const message = 'vif-bridge: Could not find bridge device xenbr9\n'
    assert.match(run(['diagnose'], message).stdout, '[vif-bridge-not-found]')
  })
})
