import type { FaultStep } from './fault.ts'
import type { Step } from './machine.ts'

const XL = {
  name: '',
  type: '"pv"',
  kernel: '"/boot/vmlinuz"',
  ramdisk: '"/boot/guest-initrd.gz"',
  extra: '"console=hvc0"',
  memory: '200',
  vcpus: '1',
}

/** A step with a guest in it, as what is done in the patient. */
export function plainly(step: FaultStep): Step {
  if ('xl' in step) return { write: `/etc/xen/${step.xl}.cfg`, text: xlFile(step.xl, step.lines) }
  if (!('domain' in step)) return step
  const file = `/root/${step.domain}.xml`
  return {
    sh: `virsh -q undefine ${step.domain} 2>/dev/null\ncat >${file} <<'END' && virsh -q define ${file}\n${domain(step)}\nEND`,
  }
}

/** `name = "web1"` and what else a guest needs; a line with an empty value leaves that out. */
function xlFile(name: string, more: string): string {
  const lines = more.split('\n')
  const own = new Set(lines.map((line) => /^(\w+) *=/.exec(line)?.[1]))
  const usual = Object.entries({ ...XL, name: `"${name}"` }).filter(([key]) => !own.has(key))
  const kept = lines.filter((line) => !/^\w* *=? *$/.test(line))
  return [...usual.map(([key, value]) => `${key} = ${value}`), ...kept, ''].join('\n')
}

const domain = ({
  domain: name,
  type,
  memory,
  words,
  more,
  devices,
  machine,
  vcpus,
}: Extract<FaultStep, { domain: string }>): string => `<domain type='${type}'>
  <name>${name}</name>
  ${memory}
  <vcpu>${vcpus}</vcpu>
  <os>
    <type arch='x86_64' machine='${machine}'>hvm</type>
    <kernel>/boot/vmlinuz</kernel>
    <initrd>/boot/guest-initrd.gz</initrd>
    <cmdline>console=ttyS0 ${words}</cmdline>
  </os>
  ${more}
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <console type='pty'/>
    ${devices}
    <memballoon model='none'/>
  </devices>
</domain>`
