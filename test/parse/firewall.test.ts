import * as assert from 'uvu/assert'
import { dropsBridged, mentions, parseIptablesSave, parseNftRuleset } from '../../src/parse/firewall.ts'
import { describe } from '../describe.ts'

const save = (...rules: string[]) =>
  parseIptablesSave(
    `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [12:840]\n:DOCKER-USER - [0:0]\n${rules.join('\n')}\nCOMMIT\n`,
  )

const nft = (policy: string, ...rules: string[]) =>
  parseNftRuleset(
    `table inet filter {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy ${policy};\n\t\t${rules.join('\n\t\t')}\n\t}\n}\n`,
  )

describe('parse: firewall', (it) => {
  it('drops by policy what no rule accepts', () => {
    assert.is(dropsBridged(save(), 'br0'), true)
    assert.is(dropsBridged(save('-A FORWARD -i docker0 -j ACCEPT', '-A FORWARD -o docker0 -j ACCEPT'), 'br0'), true)
  })

  it('does not take what opens the way for answers only for an opening', () => {
    assert.is(dropsBridged(save('-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'), 'br0'), true)
    assert.is(dropsBridged(save('-A FORWARD -m conntrack --ctstate NEW,RELATED -j ACCEPT'), 'br0'), false)
  })

  it('is silent wherever some rule may accept', () => {
    assert.is(dropsBridged(save('-A FORWARD -i br0 -o br0 -j ACCEPT'), 'br0'), false)
    assert.is(dropsBridged(save('-A FORWARD -i br+ -j ACCEPT'), 'br0'), false)
    assert.is(dropsBridged(save('-A FORWARD ! -i docker0 -j ACCEPT'), 'br0'), false)
    assert.is(dropsBridged(save('-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT'), 'br0'), false)
    assert.is(dropsBridged(save('-A FORWARD -s 192.0.2.0/24 -j ACCEPT'), 'br0'), false)
  })

  it('follows jumps, and survives chains that lead in a circle', () => {
    assert.is(dropsBridged(save('-A FORWARD -j DOCKER-USER', '-A DOCKER-USER -i br0 -j ACCEPT'), 'br0'), false)
    assert.is(dropsBridged(save('-A FORWARD -i docker0 -j DOCKER-USER', '-A DOCKER-USER -j ACCEPT'), 'br0'), true)
    assert.is(dropsBridged(save('-A FORWARD -j DOCKER-USER', '-A DOCKER-USER -j DOCKER-USER'), 'br0'), true)
  })

  it('knows the last rule of Red Hat, which rejects the rest', () => {
    const rules = (last: string) =>
      parseIptablesSave(`*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -i virbr0 -j ACCEPT\n${last}\nCOMMIT\n`)
    assert.is(dropsBridged(rules('-A FORWARD -j REJECT --reject-with icmp-host-prohibited'), 'br0'), true)
    assert.is(dropsBridged(rules('-A FORWARD -o virbr0 -j REJECT --reject-with icmp-port-unreachable'), 'br0'), false)
  })

  it('keeps tables apart', () => {
    const filter = parseIptablesSave('*nat\n:FORWARD ACCEPT [0:0]\nCOMMIT\n*filter\n:FORWARD DROP [0:0]\nCOMMIT\n')
    assert.is(dropsBridged(filter, 'br0'), true)
  })

  it('reads chains of nftables', () => {
    assert.is(dropsBridged(nft('drop'), 'br0'), true)
    assert.is(dropsBridged(nft('accept'), 'br0'), false)
    assert.is(dropsBridged(nft('drop', 'ct state established,related accept'), 'br0'), true)
    assert.is(dropsBridged(nft('drop', 'ct state { established, related } accept'), 'br0'), true)
    assert.is(dropsBridged(nft('drop', 'iifname "br0" accept'), 'br0'), false)
    assert.is(dropsBridged(nft('drop', 'iifname { "eth1", "docker0" } counter packets 0 bytes 0 accept'), 'br0'), true)
    assert.is(dropsBridged(nft('drop', 'iifname != "docker0" accept'), 'br0'), false)
    assert.is(dropsBridged(nft('drop', 'iifname vmap { "br0" : goto x }'), 'br0'), false)
    assert.is(
      dropsBridged(nft('accept', 'counter packets 3 bytes 180 reject with icmpx admin-prohibited'), 'br0'),
      true,
    )
  })

  it('leaves chains alone that forwarded IPv4 packets do not enter', () => {
    const other = (family: string, hook: string) =>
      parseNftRuleset(
        `table ${family} t {\n\tchain c {\n\t\ttype filter hook ${hook} priority filter; policy drop;\n\t}\n}\n`,
      )
    assert.is(dropsBridged(other('ip6', 'forward'), 'br0'), false)
    assert.is(dropsBridged(other('bridge', 'forward'), 'br0'), false)
    assert.is(dropsBridged(other('ip', 'input'), 'br0'), false)
    assert.is(dropsBridged(other('ip', 'forward'), 'br0'), true)
  })

  it('reads what iptables wrote into nftables, jumps and all', () => {
    const filter = parseNftRuleset(
      'table ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tcounter packets 0 bytes 0 jump DOCKER-USER\n\t}\n\n\tchain DOCKER-USER {\n\t\toifname "br0" counter packets 0 bytes 0 accept\n\t}\n}\n',
    )
    assert.is(dropsBridged(filter, 'br0'), false)
    assert.is(dropsBridged(filter, 'br1'), true)
  })

  it('finds an interface as a whole word', () => {
    assert.is(mentions('-A FORWARD -o virbr0 -j ACCEPT', 'virbr0'), true)
    assert.is(mentions('oifname "virbr0" accept', 'virbr0'), true)
    assert.is(mentions('-A FORWARD -i virbr+ -j ACCEPT', 'virbr0'), true)
    assert.is(mentions('iifname "virbr*" accept', 'virbr0'), true)
    assert.is(mentions('-A FORWARD -i vnet+ -j ACCEPT', 'virbr0'), false)
    assert.is(mentions('-A FORWARD -o virbr0-nic -j ACCEPT\n-A FORWARD -o virbr01 -j ACCEPT', 'virbr0'), false)
  })
})
