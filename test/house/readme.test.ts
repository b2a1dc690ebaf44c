import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'

const readme = readFileSync('README.md', 'utf8')
const LONGEST = 120

describe('the README', (it) => {
  it('is short, and holds the two commands', () => {
    assert.ok(readme.split('\n').length - 1 <= LONGEST)
    assert.match(readme, '    npm ci && npx vdoctor check\n')
    assert.match(readme, '    npm ci && npm test\n')
  })

  it('shows what the command really prints', () => {
    const [, command, output] = /```\n\$ npx vdoctor (.*)\n([\s\S]*?)```/.exec(readme)!
    assert.fixture(vdoctor(command!.split(' ')).out, output!)
  })
})
