import * as assert from 'uvu/assert'
import { departure } from '../../src/serial/transcript/departure.ts'
import { explainBoot } from '../../src/serial/transcript/explanation.ts'
import { type Boot, Transcript } from '../../src/serial/transcript/transcript.ts'
import { describe } from '../describe.ts'

const read = (text: string): readonly Boot[] => {
  const transcript = new Transcript()
  for (const line of text.split('\n')) transcript.take(line)
  return transcript.end()
}
const stages = (boot: Boot | undefined): string => boot!.stages.map(({ stage }) => stage).join(' ')
const outcomes = (text: string): string[] =>
  read(text).map((boot) => {
    const { outcome, reached } = explainBoot(boot, [], boot.lastWords)
    return `${outcome}: ${reached}`
  })

const DEBIAN = `SeaBIOS (version 1.16.2-debian-1.16.2-1)
Booting from Hard Disk...
GRUB loading.
Welcome to GRUB!
  Booting \`Debian GNU/Linux'
[    0.000000] Linux version 6.1.0-56-amd64 (gcc-12)
[    0.000000] Command line: root=/dev/vda ro console=ttyS0,115200
[    2.447184] Run /init as init process
Loading, please wait...
[    6.058954] EXT4-fs (vda): mounted filesystem with ordered data mode. Quota mode: none.
[    6.396977] systemd[1]: systemd 252.39-1~deb12u2 running in system mode (+PAM)
[    7.272000] systemd[1]: Reached target virt-guest-shutdown.target - Libvirt guests shutdown.
web1 login: `

const RHEL5 = `Xen version 3.1.2-92.el5 (gcc)
(XEN) Command line: com1=115200,8n1
Linux version 2.6.18-92.el5xen (gcc)
Red Hat nash version 5.1.19.6 starting
EXT3-fs: mounted filesystem with ordered data mode.
INIT: version 2.86 booting
		Welcome to  Red Hat Enterprise Linux Server
dom0 login: `

describe('a transcript', (it) => {
  it('is divided into the stages of a boot', () => {
    assert.is(stages(read(DEBIAN)[0]), 'firmware boot loader kernel initramfs root mounted init login')
    assert.is(stages(read(RHEL5)[0]), 'xen kernel initramfs root mounted init login')
    assert.equal(outcomes(DEBIAN), ['fine: login'])
    const [boot] = read(DEBIAN)
    assert.equal(boot!.stages[2], { stage: 'kernel', line: 6, seconds: 2.447184 })
    assert.is(boot!.stages[3]!.seconds!.toFixed(2), '3.61')
    assert.is(boot!.stages[0]!.seconds, null)
    assert.equal(boot!.options, ['root=/dev/vda', 'ro', 'console=ttyS0,115200'])
  })

  it('knows FreeBSD', () => {
    const text = `BTX loader 1.00  BTX version is 1.02
FreeBSD/x86 bootstrap loader, Revision 1.1
(XEN) Xen version 4.17.1 (root@) (clang)
Copyright (c) 1992-2021 The FreeBSD Project.
Trying to mount root from ufs:/dev/ada0p2 [rw]...
Setting hostname: dom0.
FreeBSD/amd64 (dom0) (xc0)
login: `
    assert.is(stages(read(text)[0]), 'boot loader xen kernel root mounted init login')
  })

  it('keeps the systemd of the initramfs apart from the one of the system', () => {
    const text = `[    0.000000] Linux version 5.14.0
[    1.100000] systemd[1]: systemd 249 running in system mode (+PAM)
[    1.200000] systemd[1]: Running in initial RAM disk.
[    3.000000] XFS (vda3): Ending clean mount
[    3.500000] systemd[1]: Switching root.
[    4.000000] systemd[1]: systemd 249 running in system mode (+PAM)`
    const [boot] = read(text)
    assert.is(stages(boot), 'kernel initramfs root mounted init')
    assert.equal(
      boot!.stages.map(({ line }) => line),
      [1, 2, 4, 6],
    )
  })

  it('counts each switching on, and says of each how it went', () => {
    const dead = DEBIAN.split('\n').slice(0, 7).join('\n')
    const down = `${DEBIAN}\n[  342.2] systemd-shutdown[1]: Powering off.\n[  342.3] reboot: Power down`
    assert.equal(outcomes([dead, down, DEBIAN].join('\n')), ['died: kernel', 'fine: login', 'fine: login'])
    assert.equal(outcomes(dead), ['open: kernel'])
    const [first, second] = read([dead, DEBIAN].join('\n'))
    assert.equal([first!.first, first!.last, second!.first, second!.last], [1, 7, 8, 20])
  })

  it('takes a kernel that follows a kernel for another boot, but not one that follows Xen', () => {
    const kernel = '[    0.000000] Linux version 6.1.0\n[    0.5] ACPI: Early table'
    assert.is(read(`${kernel}\n${kernel}`).length, 2)
    assert.is(read(`(XEN) Xen version 4.17.7\n${kernel}\n(XEN) d0: Forcing write emulation`).length, 1)
  })

  it('says who crashed, and does not call it an end in order', () => {
    const xen =
      '(XEN) Xen version 4.17.7\n[    0.0] Linux version 6.1.0\n(XEN) Panic on CPU 1:\n(XEN) Reboot in five seconds...'
    assert.is(read(xen)[0]!.crashed, 'xen')
    assert.equal(outcomes(xen), ['died: kernel'])
    const linux = `${DEBIAN}\n[  99.1] Kernel panic - not syncing: Attempted to kill init!\n[  99.2] Rebooting in 10 seconds..`
    assert.is(read(linux)[0]!.crashed, 'kernel')
    assert.equal(outcomes(linux), ['died: login'])
    assert.is(
      read('(XEN) Xen version 4.17.7\n(XEN) Hardware Dom0 crashed: rebooting machine in 5 seconds.')[0]!.crashed,
      'kernel',
    )
  })

  it('sees where somebody has to type something, and that it went on afterwards', () => {
    const shell = DEBIAN.split('\n').slice(0, 9).join('\n') + '\n(initramfs) '
    assert.equal(outcomes(shell), ['stuck: initramfs'])
    assert.is(read(shell)[0]!.prompt, 'the shell of the initramfs')
    assert.equal(outcomes(`${shell}\n${DEBIAN.split('\n').slice(9).join('\n')}`), ['fine: login'])
    assert.equal(outcomes('GRUB loading.\ngrub rescue> '), ['stuck: boot loader'])
    assert.equal(outcomes(`${DEBIAN}\nmysql> `), ['fine: login'])
  })

  it('sees a login that went on: somebody typed a name, or the console logs in by itself', () => {
    const upTo = DEBIAN.slice(0, DEBIAN.lastIndexOf('web1 login:'))
    assert.equal(outcomes(`${upTo}web1 login: root (automatic login)\nroot@web1:~# `), ['fine: login'])
    assert.equal(outcomes(`${upTo}web1 login: admin\nPassword: `), ['fine: login'])
    assert.equal(outcomes(`${upTo}Last login: Fri Nov 20 20:53:24 UTC 2026 on hvc0`), ['open: init'])
    assert.equal(outcomes(`${upTo}Last login: never`), ['open: init'])
  })

  it('makes nothing of text that is no console’s', () => {
    assert.equal(outcomes('hello\nworld'), ['open: null'])
    assert.equal(outcomes('Nov 20 09:31:00 web1 sshd[1]: my login: was wrong'), ['open: null'])
  })

  it('forgets the oldest of a machine that restarts for ever', () => {
    const transcript = new Transcript()
    for (let boot = 0; boot < 700; boot++) {
      transcript.take('[    0.000000] Linux version 6.1.0')
      transcript.take('[    0.1] x')
    }
    assert.is(transcript.end().length, 500)
    assert.is(transcript.forgotten, 200)
  })
})

describe('the departure from a good boot', (it) => {
  const good = Array.from(
    { length: 60 },
    (_, at) => `[    ${at}.${at}] step ${'abcdefghij'[at % 10]}${'klmnop'[Math.floor(at / 10)]} of 0x${at}ff`,
  )

  it('is the first line after which hardly anything is the same', () => {
    const bad = [
      ...good.slice(0, 30),
      ...Array.from({ length: 20 }, (_, at) => `[   40.${at}] Call Trace ${'xyzw'[at % 4]}`),
    ]
    assert.equal(departure(bad, good), { line: 31, text: '[   40.0] Call Trace x', instead: good[30]! })
  })

  it('is no other time, no other number, and no passing remark', () => {
    const later = good.map((line) => line.replace(/^\[ +\d+/, (stamp) => `${stamp}7`))
    assert.is(departure(later, good), null)
    assert.is(departure([...good.slice(0, 30), 'a remark', ...good.slice(30)], good), null)
  })
})
