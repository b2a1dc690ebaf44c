import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { needs } from '../needs.ts'
import { vdoctor } from '../vdoctor.ts'

const folder = folderWith({})
const script = (shell: string): string => {
  const path = join(folder, `completion.${shell}`)
  writeFileSync(path, vdoctor(['completion', shell]).out)
  return path
}

/** What the shell offers after these words; the last is being typed. */
type Offers = (...words: string[]) => string[]

const lines = (text: string): string[] => text.split('\n').filter(Boolean).sort()

const bash: Offers = (...words) => {
  const program = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vdoctor; printf '%s\\n' "\${COMPREPLY[@]}"`
  return lines(spawnSync('bash', ['-c', program, 'bash', script('bash'), ...words], { encoding: 'utf8' }).stdout)
}
const zsh: Offers = (...words) => {
  const program = `autoload -U compinit && compinit -D; . "$1"; shift; emulate sh
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vdoctor; printf '%s\\n' "\${COMPREPLY[@]}"`
  return lines(spawnSync('zsh', ['-fc', program, 'zsh', script('zsh'), ...words], { encoding: 'utf8' }).stdout)
}
const fish: Offers = (...words) => {
  const program = `source ${script('fish')}; complete -C '${words.join(' ')}'`
  const { stdout } = spawnSync('fish', ['--no-config', '-c', program], { encoding: 'utf8' })
  return lines(stdout).map((line) => line.split('\t')[0]!)
}

describe('completion', (it) => {
  for (const [shell, offers] of Object.entries({ bash, zsh, fish })) {
    it(`completes commands, flags and values in ${shell}`, () => {
      if (!needs(shell)) return
      assert.equal(offers('vdoctor', 'che'), ['check'])
      assert.equal(offers('vdoctor', 'check', '--fail-on', 'w'), ['warning'])
      assert.equal(offers('vdoctor', 'check', '--wai'), ['--waivers'])
      assert.equal(offers('vdoctor', 'rules', 'cov'), ['coverage'])
      assert.ok(offers('vdoctor', 'rules', 'test', '--').includes('--mutate'))
      assert.not.ok(offers('vdoctor', 'rules', 'test', '--').includes('--waivers'))
      assert.ok(offers('vdoctor', 'completion', '').includes('fish'))
    })
  }

  it('knows no other shell', () => {
    const { code, err } = vdoctor(['completion', 'csh'])
    assert.is(code, 2)
    assert.match(err, 'Expected csh to be one of: bash, zsh, fish')
  })
})

describe('the manual page', (it) => {
  it('names every command, and is one that mandoc accepts', () => {
    const { out } = vdoctor(['manual'])
    for (const words of ['check', 'rules test', 'diagnose']) assert.match(out, `.SS "${words}"`)
    if (!needs('mandoc')) return
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'error'], { input: out, encoding: 'utf8' })
    assert.is(stdout, '')
    const page = spawnSync('mandoc', ['-T', 'ascii'], { input: out, encoding: 'utf8' }).stdout.replace(/.\u0008/g, '')
    assert.match(page, /--fail-on error\|warning\|info\|never\n +Exit with 1/)
  })
})
