import * as assert from 'uvu/assert'
import { learnNames, wordsInUse } from '../../src/cli/bundle/names.ts'
import { askKey } from '../../src/evidence/ask.ts'
import type { Answer, Data, Question } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { matches, output } from '../evidence.ts'

const answered = (question: Question, data: Data | string): Answer => ({
  key: askKey(question),
  ms: 0,
  ok: true,
  data: typeof data === 'string' ? { kind: 'file', text: data } : data,
})
const learn = (...answers: Answer[]) => learnNames(answers, wordsInUse([], []))
const isCalled = (name: string): Answer => answered({ command: ['uname', '-n'] }, output(`${name}\n`))

describe('names', (it) => {
  it('are learnt from what machines are called, and call each other', () => {
    const { names, stays } = learn(
      isCalled('web1.corp.test'),
      answered({ file: '/etc/hosts' }, '127.0.0.1 localhost\n192.0.2.7 db7.corp.test db7 # the old one\n'),
      answered(
        { file: '/var/log/messages' },
        'Nov 20 09:31:00 mail3 sshd[12]: Failed password for alice from 192.0.2.9 port 22 ssh2\n' +
          '2026-11-20T09:31:00+01:00 gw4 sudo: bob : TTY=pts/0 ; PWD=/home/carol ; USER=root ; COMMAND=/bin/ls\n',
      ),
      answered({ file: '/etc/fstab' }, 'nas5:/export /mnt nfs defaults 0 0\n'),
      answered({ file: '/etc/tgt/targets.conf' }, '<target iqn.2026-11.test.store:disk>\n'),
    )
    assert.equal(names, {
      guest: [],
      host: ['db7', 'gw4', 'mail3', 'nas5', 'web1'],
      domain: ['corp.test', 'test.store'],
      user: ['alice', 'bob', 'carol'],
    })
    assert.equal(stays, [])
  })

  it('of guests are learnt from their definitions and their logs', () => {
    const { names } = learn(
      answered({ file: '/etc/libvirt/qemu/*.xml' }, matches('/etc/libvirt/qemu/shop-2.xml')),
      answered({ file: '/etc/libvirt/qemu/shop-2.xml' }, "<domain type='kvm'><name>shop-2</name></domain>\n"),
      answered({ file: '/etc/xen/*' }, matches('/etc/xen/broken9.cfg', '/etc/xen/xl.conf', '/etc/xen/scripts')),
      answered({ file: '/var/log/libvirt/qemu/*.log' }, matches('/var/log/libvirt/qemu/old7.log')),
      answered({ file: '/var/log/libvirt/qemu/old7.log' }, 'shutting down\n'),
    )
    assert.equal(names.guest, ['broken9', 'old7', 'shop-2'])
  })

  it('that are words of the system stay, and that is said', () => {
    for (const name of ['xen', 'debian', 'br0', 'xenbr1', 'vnet7', 'sda1', 'vm']) {
      const { names, stays } = learn(isCalled(name))
      assert.equal([names.host, stays], [[], [name]], name)
    }
    for (const name of ['broken9', 'srv1', 'logger2', 'tapestry3', 'mdx1'])
      assert.equal(learn(isCalled(name)).names.host, [name])
    assert.equal(learn(isCalled('localhost')).stays, [])
    const inUse = wordsInUse([], [{ file: '/etc/xen/xl.conf' }])
    assert.equal(learnNames([isCalled('etc')], inUse).stays, ['etc'])
  })

  it('are not taken from units, devices and comments', () => {
    const text = 'serial-getty@ttyS0.service loaded\nuser@1000.service loaded\n'
    const { names } = learn(
      answered({ file: '/var/log/syslog' }, text),
      answered({ file: '/etc/hosts' }, '# 192.0.2.7 no such\n'),
    )
    assert.equal(names, { guest: [], host: [], domain: [], user: [] })
  })
})
