import * as assert from 'uvu/assert'
import { parseXml } from '../../src/parse/xml.ts'
import { ignoredOfDomain, ignoredOfNetwork } from '../../src/parse/xml-ignored.ts'
import { describe } from '../describe.ts'

const domain = (text: string) =>
  ignoredOfDomain(parseXml(`<domain type='kvm'>\n${text}\n</domain>`)).map(
    ({ element, inside, meant, line }) => `${line}: ${element} in ${inside}: ${meant}`,
  )

describe('parse: elements that libvirt reads over', (it) => {
  it('finds vcpus where vcpu was meant', () => {
    assert.equal(domain('<name>a</name>\n<vcpus>2</vcpus>'), ['3: <vcpus> in <domain>: <vcpu>'])
    assert.equal(domain("<vcpu>2</vcpu><vcpus><vcpu id='0' enabled='yes'/></vcpus>"), [])
  })

  it('finds the card of an interface inside a hostdev', () => {
    const inside = "<mac address='52:54:00:00:00:01'/>\n<vlan><tag id='42'/></vlan>\n<virtualport type='802.1Qbh'/>"
    assert.equal(domain(`<devices><hostdev type='pci'>\n${inside}<source/></hostdev></devices>`), [
      "3: <mac> in <hostdev>: <interface type='hostdev'>",
      "4: <vlan> in <hostdev>: <interface type='hostdev'>",
      "5: <virtualport> in <hostdev>: <interface type='hostdev'>",
    ])
    assert.equal(domain(`<devices><interface type='hostdev'>${inside}</interface></devices>`), [])
  })

  it('finds slips, and lets be what it does not know', () => {
    assert.equal(domain('<memmory>1</memmory>\n<devices><dsik/></devices>'), [
      '2: <memmory> in <domain>: <memory>',
      '3: <dsik> in <devices>: <disk>',
    ])
    assert.equal(
      domain("<qemu:commandline xmlns:qemu='x'/><somethingNew/><devices><quantumLink/></devices><launchSecurity/>"),
      [],
    )
  })

  it('reads networks alike', () => {
    const found = ignoredOfNetwork(
      parseXml("<network><name>n</name>\n<foward mode='nat'/><bridge name='br0'/></network>"),
    )
    assert.equal(found, [{ element: '<foward>', inside: '<network>', meant: '<forward>', line: 2 }])
  })
})
