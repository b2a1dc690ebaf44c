import * as assert from 'uvu/assert'
import { cpuOfXl, cpuOfXml } from '../../../src/parse/guest/cpu.ts'
import { parseXlConfig } from '../../../src/parse/xl/config.ts'
import { parseXml } from '../../../src/parse/xml.ts'
import { placeOf } from '../../../src/evidence/locate.ts'
import { describe } from '../../describe.ts'

const owner = { guest: 'web1', configFile: '/etc/web1' }
const xml = (text: string) => cpuOfXml(parseXml(`<domain>${text}</domain>`), owner)
const xl = (text: string) => cpuOfXl(parseXlConfig(text).settings, owner)

describe('processors of a guest', (it) => {
  it('are read from libvirt', () => {
    const cpu = xml(`<cpu mode='custom' match='exact' check='partial'>
      <model fallback='forbid'>EPYC</model><vendor>AMD</vendor>
      <feature policy='require' name='x2apic'/><feature name='topoext'/><feature policy='force' name='vme'/>
      <feature policy='disable' name='svm'/><feature policy='forbid' name='hle'/><feature policy='optional' name='avx'/></cpu>`)
    assert.equal(
      [cpu.mode, cpu.model, cpu.fallback, cpu.vendor, cpu.match, cpu.check],
      ['custom', 'EPYC', 'forbid', 'AMD', 'exact', 'partial'],
    )
    assert.equal([cpu.required, cpu.hidden, cpu.forbidden], [['x2apic', 'topoext', 'vme'], ['svm', 'hle'], ['hle']])
    assert.is(placeOf(cpu)?.path, '/etc/web1')
    assert.equal([xml('').mode, xml('').required], ['', []])
    assert.is(xml('<cpu><model>core2duo</model></cpu>').mode, 'custom')
    assert.is(xml("<cpu><topology sockets='1' cores='2' threads='1'/></cpu>").mode, '')
    assert.is(xml("<cpu mode='host-passthrough' migratable='off'/>").migratable, 'off')
  })

  it('have the clock that libvirt fixes', () => {
    const cpu = xml(
      "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/><timer name='tsc' frequency='2600000000' mode='native'/></clock>",
    )
    assert.equal([cpu.tscFrequency, cpu.tscMode], [2_600_000_000, 'native'])
    assert.is(xml("<clock offset='utc'><timer name='rtc' frequency='1'/></clock>").tscFrequency, null)
  })

  it('are read from files of xl', () => {
    const cpu = xl('name="web1"\nnestedhvm=1\ntsc_mode=2\ncpuid="host,avx2=0"\n')
    assert.equal([cpu.nested, cpu.tscMode, cpu.hidden, placeOf(cpu)?.line], [true, 'native', ['avx2'], 4])
    assert.is(xl('tsc_mode="native_paravirt"').tscMode, 'native_paravirt')
    const plain = xl('name="web1"')
    assert.equal([plain.nested, plain.tscMode, plain.hidden, plain.required], [false, '', [], []])
    assert.is(xl('tsc_mode=0\nnestedhvm=0').tscMode, 'default')
    assert.is(xl('nestedhvm=0').nested, false)
  })
})
