import * as assert from 'uvu/assert'
import { parseCalls, parseProcesses, parseQemu } from '../../src/parse/processes.ts'
import { describe } from '../describe.ts'

const HEAD = '    PID    PPID S WCHAN                                    COMMAND\n'
const CALLS = '    PID   UID     ELAPSED COMMAND\n'

describe('parse: processes', (it) => {
  it('reads ps, names with blanks and all', () => {
    assert.equal(parseProcesses(`${HEAD}    281       1 S do_sys_poll                              libvirtd\n`), [
      { pid: 281, parent: 1, state: 'S', waitChannel: 'do_sys_poll', name: 'libvirtd' },
    ])
    assert.is(parseProcesses(`${HEAD} 7 2 D xenwatch_thread a b\n`)[0]?.name, 'a b')
    assert.throws(() => parseProcesses('ps: bad -o argument'))
  })

  it('counts days, hours, minutes and seconds', () => {
    const age = (elapsed: string) => parseCalls(`${CALLS} 9 0 ${elapsed} xl list\n`)[0]?.age
    assert.is(age('00:07'), 7)
    assert.is(age('01:02:03'), 3723)
    assert.is(age('2-00:00:01'), 172_801)
  })

  it('knows guests of QEMU by each spelling', () => {
    const qemu = (line: string) => parseQemu(line.split(' '))
    assert.equal(
      qemu(
        '/usr/bin/qemu-system-x86_64 -name guest=kvm1,debug-threads=on -machine pc-q35-7.2,usb=off -accel kvm -m 256',
      ),
      { guest: 'kvm1', accelerator: 'kvm', machine: 'pc-q35-7.2', memory: 256 },
    )
    assert.equal(qemu('/usr/libexec/qemu-kvm -name web1 -M pc -m size=1048576k,slots=16'), {
      guest: 'web1',
      accelerator: 'kvm',
      machine: 'pc',
      memory: 1024,
    })
    assert.is(qemu('/usr/lib/xen/bin/qemu-dm -d 3 -domain-name win -m 512')?.guest, 'win')
    assert.is(qemu('/usr/lib/xen/bin/qemu-dm -d 3 -domain-name win')?.accelerator, 'xen')
    assert.is(qemu('qemu-system-i386 -xen-domid 1 -name pv1 -M xenpv')?.accelerator, 'xen')
    assert.is(qemu('qemu-system-x86_64 -M q35,accel=kvm:tcg')?.accelerator, 'kvm')
    assert.is(qemu('qemu-system-x86_64 -m 2G')?.accelerator, 'tcg')
    assert.is(qemu('qemu-system-x86_64 -m 2G')?.memory, 2048)
    assert.is(qemu('qemu-system-x86_64')?.memory, null)
    assert.is(qemu('grep qemu-system-x86_64'), null)
    assert.is(qemu('/usr/bin/qemu-img convert a b'), null)
  })
})
