import { execa } from 'execa'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../src/types.ts'
import { tell } from './diagnose.ts'
import { TRUE_OF_HEALTHY } from './fault.ts'
import { plainly } from './guests.ts'
import type { Boot, Machine } from './machine.ts'
import { check } from './round.ts'

const GUEST = {
  // Without a card: under load the scripts of one take longer in emulation than the 40 s that libxl waits for them.
  xen: [{ xl: 'web', lines: '' }, ['xl', 'create', '/etc/xen/web.cfg']],
  kvm: [
    {
      domain: 'web',
      type: 'kvm',
      memory: "<memory unit='MiB'>256</memory>",
      words: '',
      more: '<features><acpi/><apic/></features>',
      devices: "<interface type='network'><source network='default'/><model type='virtio'/></interface>",
      machine: 'q35',
      vcpus: 1,
    },
    ['virsh', 'start', 'web'],
  ],
} as const

/** A host with a guest that runs, looked at from inside, over ssh, by the collector and from a bundle: the same findings, and no others. */
export async function healthyCase(machine: Machine, kind: Boot['kind']): Promise<string[]> {
  for (const step of GUEST[kind]) {
    const said = await machine.run(plainly(step as Parameters<typeof plainly>[0]))
    if (said.status !== 0) return [`the guest did not start: ${said.stderr}`]
  }
  const inside = await check(machine, 'inside')
  const ways = {
    ssh: () => overSsh(machine),
    collector: () => byCollector(machine),
    bundle: () => byBundle(machine),
  }
  const failures = unexpected(inside, kind, 'inside')
  for (const [name, way] of Object.entries(ways)) failures.push(...different(inside, await way(), name))
  // What is broken next would trouble it.
  await machine.run({
    sh: kind === 'xen' ? 'xl destroy web && rm /etc/xen/web.cfg' : 'virsh destroy web && virsh undefine web',
  })
  return failures
}

/** Nothing is wrong but what is known to be true of the lab. */
export const unexpected = (findings: readonly Finding[], kind: Boot['kind'], where: string): string[] =>
  findings
    .filter(({ rule }) => !(rule in TRUE_OF_HEALTHY[kind]))
    .map((one) => `healthy, ${where}: ${tell(one)}: ${one.says}`)

function different(inside: readonly Finding[], other: readonly Finding[], way: string): string[] {
  const [here, there] = [inside, other].map((list) => new Set(list.map(tell)))
  return [
    ...[...here!].filter((one) => !there!.has(one)).map((one) => `${one} is not found by ${way}`),
    ...[...there!].filter((one) => !here!.has(one)).map((one) => `${one} is found by ${way} only`),
  ]
}

async function from(machine: Machine, where: string, path = process.env['PATH']!): Promise<Finding[]> {
  const words = ['check', '--from', where, '--format', 'json', '--fail-on', 'never']
  const { stdout } = await execa(process.execPath, [machine.vdoctor, ...words], { env: { PATH: path } })
  return (JSON.parse(stdout) as { findings: Finding[] }).findings.filter(({ outcome }) => outcome === 'problem')
}

/** By an `ssh` in front of the others that knows the patient's key and port. */
async function overSsh(machine: Machine): Promise<Finding[]> {
  const bin = join(machine.folder, 'bin')
  const config = join(machine.folder, 'ssh-config')
  const { key, knownHosts } = machine.image
  writeFileSync(
    config,
    [
      'Host lab',
      'HostName 127.0.0.1',
      `Port ${machine.sshPort}`,
      'User root',
      'HostKeyAlias lab',
      `IdentityFile ${key}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${knownHosts}`,
    ].join('\n'),
  )
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`)
  chmodSync(join(bin, 'ssh'), 0o755)
  return from(machine, 'ssh://lab', `${bin}:${process.env['PATH']}`)
}

async function byCollector(machine: Machine): Promise<Finding[]> {
  const { stdout } = await execa(process.execPath, [machine.vdoctor, 'collector'])
  writeFileSync(machine.shared('collect.sh'), stdout)
  const said = await machine.run({ sh: 'sh /lab/collect.sh -u /lab/collected' })
  if (said.status !== 0) throw new Error(`the collector ended with ${said.status}: ${said.stderr}`)
  return from(machine, machine.shared('collected'))
}

async function byBundle(machine: Machine): Promise<Finding[]> {
  const said = await machine.run(['node', '/tool/bin/vdoctor.cjs', 'bundle', '--output', '/lab/bundle.tar.gz'])
  if (said.status !== 0) throw new Error(`vdoctor bundle ended with ${said.status}: ${said.stderr}`)
  return from(machine, machine.shared('bundle.tar.gz'))
}
