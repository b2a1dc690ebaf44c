import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { scrambleMac, scrambleUuid, scrambleV4, scrambleV6 } from '../../src/bundle/addresses.ts'
import { Pseudonyms } from '../../src/bundle/pseudonyms.ts'
import { Scrambler } from '../../src/bundle/scramble.ts'
import { describe } from '../describe.ts'

const NOBODY = { host: [], domain: [], guest: [], user: [] }
const some = { host: ['web1', 'db'], domain: ['corp.example'], guest: ['shop-2', 'a.b'], user: ['alice'] }
const by = new Scrambler(Buffer.from('a key'))
const pseudonyms = (names = some): Pseudonyms => new Pseudonyms(Buffer.from('a key'), names)
const replace = (text: string, key = ''): string => pseudonyms().replace(text, key)

const octet = fc.integer({ min: 0, max: 255 })
const v4 = fc.tuple(octet, octet, octet, octet)
const group = fc.integer({ min: 0, max: 0xffff })
const same = (a: readonly number[], b: readonly number[]): number => {
  const bits = (list: readonly number[]): string => list.map((one) => one.toString(2).padStart(8, '0')).join('')
  const at = [...bits(a)].findIndex((bit, index) => bit !== bits(b)[index])
  return at < 0 ? 32 : at
}

describe('pseudonyms of addresses', (it) => {
  it('keep networks: private ones of any length, public ones of /8, /16 and longer', () => {
    fc.assert(
      fc.property(v4, v4, (a, b) => {
        const near = [a[0], a[1], ...b.slice(2)]
        const [x, y] = [scrambleV4(a, by), scrambleV4(near, by)]
        assert.is(Math.min(same(x, y), 24), Math.min(same(a, near), 24))
      }),
    )
  })

  it('are never the address itself, but for what says nothing', () => {
    fc.assert(
      fc.property(v4, (a) => {
        const stays = a[0] === 0 || a[0] === 127 || a[0] >= 224 || (a[0] === 169 && a[1] === 254)
        assert.is(scrambleV4(a, by).join() === a.join(), stays)
      }),
    )
  })

  it('keep private addresses private, and public ones public', () => {
    const isPrivate = ([a, b]: readonly number[]): boolean =>
      a === 10 || (a === 172 && b! >> 4 === 1) || (a === 192 && b === 168) || (a === 100 && b! >> 6 === 1)
    const special = ([a, b]: readonly number[]): boolean =>
      a === 0 || a === 127 || a! >= 224 || (a === 169 && b === 254)
    fc.assert(
      fc.property(v4, (a) => {
        const fresh = scrambleV4(a, by)
        assert.is(isPrivate(fresh), isPrivate(a))
        assert.is(special(fresh), special(a))
        assert.is(fresh[3], a[3])
      }),
    )
    for (const address of [
      '10.1.2.3',
      '172.16.0.1',
      '192.168.122.1',
      '100.64.0.9',
      '172.15.0.1',
      '192.0.2.1',
      '100.1.1.1',
    ]) {
      const octets = address.split('.').map(Number)
      assert.is(isPrivate(scrambleV4(octets, by)), isPrivate(octets), address)
    }
  })

  it('of IPv6 keep networks, kinds, and the MAC that they are made of', () => {
    fc.assert(
      fc.property(
        fc.array(group, { minLength: 8, maxLength: 8 }),
        fc.array(group, { minLength: 4, maxLength: 4 }),
        (a, tail) => {
          const near = [...a.slice(0, 4), ...tail]
          assert.equal(scrambleV6(a, by).slice(0, 4), scrambleV6(near, by).slice(0, 4))
        },
      ),
    )
    assert.is(replace('::1 fe80::1 ff02::1 :: 0.0.0.0'), '::1 fe80::1 ff02::1 :: 0.0.0.0')
    const [mac] = replace('52:54:00:12:34:56').match(/.*/)!
    const local = replace('fe80::5054:ff:fe12:3456')
    const [g, h, i] = mac!.split(':').slice(3)
    assert.is(local, `fe80::5054:ff:fe${g}:${`${h}${i}`.replace(/^0+/, '')}`)
    assert.match(replace('2001:db8:1::5 and fd00:1::5'), /^[23][0-9a-f]{3}:\S*:5 and fd[0-9a-f]{2}:\S*:5$/)
  })

  it('of MACs keep the maker, and the end of a tap that belongs to a guest', () => {
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet, octet, octet), (mac) => {
        const fresh = scrambleMac(mac, by)
        assert.equal(fresh.slice(0, 3), mac.slice(0, 3))
        const tail = mac.slice(3).join()
        assert.is(fresh.join() === mac.join(), (mac[0] & 1) === 1 || tail === '0,0,0' || tail === '255,255,255')
      }),
    )
    assert.is(replace('fe:54:00:12:34:56').slice(2), replace('52:54:00:12:34:56').slice(2))
    assert.is(replace('52:54:00:AB:CD:EF'), replace('52:54:00:ab:cd:ef').toUpperCase())
    assert.is(replace('enx525400123456'), `enx${replace('52:54:00:12:34:56').replaceAll(':', '')}`)
    assert.is(replace('ff:ff:ff:ff:ff:ff 00:00:00:00:00:00'), 'ff:ff:ff:ff:ff:ff 00:00:00:00:00:00')
    assert.is(
      replace('MAC=52:54:00:12:34:56:00:16:3e:01:02:03:08:00 SRC'),
      `MAC=${replace('52:54:00:12:34:56')}:${replace('00:16:3e:01:02:03')}:08:00 SRC`,
    )
  })

  it('of UUIDs keep version and variant, and zeros', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const fresh = scrambleUuid(uuid.replaceAll('-', ''), by)
        assert.is(fresh[12], uuid[14])
        assert.is(parseInt(fresh[16]!, 16) & 0xc, parseInt(uuid[19]!, 16) & 0xc)
        assert.not.equal(fresh, uuid.replaceAll('-', ''))
      }),
    )
    assert.is(replace('00000000-0000-0000-0000-000000000000'), '00000000-0000-0000-0000-000000000000')
    const dashed = replace('5f3b2a1c-0d4e-4f6a-8b7c-9d0e1f2a3b4c')
    assert.is(replace('5f3b2a1c0d4e4f6a8b7c9d0e1f2a3b4c'), dashed.replaceAll('-', ''))
  })

  it('of the kernel, in hexadecimal, are those of the rest', () => {
    const dotted = replace('10.1.0.7').split('.').map(Number)
    const number = Buffer.from([...dotted].reverse())
      .toString('hex')
      .toUpperCase()
    assert.is(
      replace('   0: 0700010A:0016 00000000:0000 0A', '{"file":"/proc/net/tcp"}'),
      `   0: ${number}:0016 00000000:0000 0A`,
    )
    assert.is(
      replace('eth0\t00000000\t0700010A\t0003\t0\t0\t0\t00FFFFFF\t0', '{"file":"/proc/net/route"}'),
      `eth0\t00000000\t${number}\t0003\t0\t0\t0\t00FFFFFF\t0`,
    )
    assert.is(
      replace('0: 0000000000000000FFFF00000700010A:0016 ', '{"file":"/proc/net/tcp6"}'),
      `0: 0000000000000000FFFF0000${number}:0016 `,
    )
    assert.is(
      replace('00000000000000000000000000000001 01 80 10 80 lo', '{"file":"/proc/net/if_inet6"}'),
      '00000000000000000000000000000001 01 80 10 80 lo',
    )
    assert.not.match(replace('fe800000000000005054fffe00123456 02 40', '{"file":"/proc/net/if_inet6"}'), '00123456')
  })

  it('leave alone what is no address', () => {
    for (const text of [
      '4.17.5.1-1',
      'linux-6.1.0.56-amd64',
      '12:34:56',
      '0000:00:1f.2',
      'std::string',
      'ip=a::b',
      '255.255.255.0',
      '1.2.3.400',
    ])
      assert.is(pseudonyms(NOBODY).replace(text), text)
  })
})

describe('pseudonyms of names', (it) => {
  it('stand wherever the name is a word', () => {
    const host = replace('web1')
    assert.match(host, /^host-[0-9a-f]{6}$/)
    assert.is(replace('/etc/xen/web1.cfg xl-web1.log WEB1:'), `/etc/xen/${host}.cfg xl-${host}.log ${host}:`)
    assert.is(replace('web11 myweb1'), 'web11 myweb1')
    assert.match(
      replace('web1.corp.example /dev/vg/shop-2-disk a.b axb /home/alice/x'),
      /^host-\w+\.domain-\w+ \/dev\/vg\/guest-\w+-disk guest-\w+ axb \/home\/user-\w+\/x$/,
    )
  })

  it('are others with another key, and never two names in one', () => {
    assert.is.not(new Pseudonyms(Buffer.from('another'), some).replace('web1'), replace('web1'))
    const many = Array.from({ length: 3_000 }, (_, n) => `g${n}`)
    const fresh = new Pseudonyms(Buffer.from('k'), { ...NOBODY, guest: many })
    assert.is(new Set(many.map((name) => fresh.replace(name))).size, many.length)
  })

  it('take no longer than a text is long, whoever wrote it', () => {
    for (const unit of ['a.', '1.', '1:', '00:', 'a@a.', '0']) {
      const started = performance.now()
      replace(unit.repeat(500_000 / unit.length))
      assert.ok(performance.now() - started < 5_000, unit)
    }
  })

  it('can be turned round by who has the map', () => {
    const one = pseudonyms()
    const text = one.replace('web1 192.168.7.9 52:54:00:12:34:56')
    for (const word of text.split(' ')) assert.ok(one.map.has(word), word)
  })
})
