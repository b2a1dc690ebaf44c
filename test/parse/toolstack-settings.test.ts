import * as assert from 'uvu/assert'
import { parseXendSettings, parseXlSettings } from '../../src/parse/toolstack-settings.ts'
import { describe } from '../describe.ts'

describe('parse: settings of the toolstacks', (it) => {
  it('reads xl.conf', () => {
    assert.equal(parseXlSettings('#autoballoon="auto"\nautoballoon = "off" # x\nclaim_mode=1\n'), [
      { key: 'autoballoon', value: 'off', line: 2 },
      { key: 'claim_mode', value: '1', line: 3 },
    ])
  })

  it('reads xend-config.sxp, and no comments', () => {
    assert.equal(
      parseXendSettings(
        "# (dom0-cpus 1)\n(dom0-min-mem 256)\n(network-script 'network-bridge netdev=eth0')\n(xend-address '')\n",
      ),
      [
        { key: 'dom0-min-mem', value: '256', line: 2 },
        { key: 'network-script', value: 'network-bridge netdev=eth0', line: 3 },
        { key: 'xend-address', value: '', line: 4 },
      ],
    )
  })
})
