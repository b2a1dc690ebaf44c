import { factsFromTest } from '../../src/engine/fact-values.ts'
import type { ConsolePath, Link } from '../../src/serial/setup/console-path.ts'
import { consoleSets, hostFacts } from '../../src/serial/setup/host-facts.ts'
import { hostPath } from '../../src/serial/setup/host-path.ts'

export type Some = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const linux = { system: 'Linux', arch: 'x86_64', release: '6.1.0-56-amd64', distribution: 'debian', version: '12' }
export const com1 = { port: 'com1', baud: 115200, frame: '8n1', cut: false }
export const dom0: Some = {
  platform: { ...linux, under: 'xen-dom0', hosts: 'xen' },
  xen: {
    version: '4.17.7',
    serial: [com1],
    consoles: ['com1', 'vga'],
    consoleLog: 'guest',
    consoleFolder: true,
    xenconsoled: true,
    toolstack: 'xl',
  },
  console: {
    parameters: [{ device: 'hvc0', baud: 0 }],
    active: ['hvc0', 'tty0'],
    gettys: [{ device: 'hvc0', how: 'systemd', baud: null }],
    gettyDevices: ['hvc0', 'tty1'],
    restricted: false,
    securetty: [],
    ports: [],
  },
  boot: { loader: 'grub2', file: '/boot/grub/grub.cfg', configured: {}, variables: [], serialBaud: null, entries: [] },
  services: { init: 'systemd' },
  guests: { all: [], consoles: [] },
}
export const bare: Some = {
  ...dom0,
  platform: { ...linux, under: '', hosts: '' },
  console: {
    ...dom0['console'],
    parameters: [{ device: 'ttyS0', baud: 115200 }],
    active: ['ttyS0'],
    gettys: [{ device: 'ttyS0', how: 'systemd', baud: null }],
    gettyDevices: ['ttyS0'],
    ports: [{ name: 'ttyS0', uart: '16550A', sent: 1, received: 0 }],
  },
}

/** A machine with some facts changed: `{ xen: { serial: [] } }`. */
export const but = (base: Some, changes: Some): Some =>
  Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(changes)])].map((name) => [
      name,
      { ...base[name], ...changes[name] },
    ]),
  )
export const of = (given: Some): ConsolePath => hostPath(hostFacts(factsFromTest(given, consoleSets)))
export const states = ({ links }: ConsolePath): string[] => links.map(({ name, state }) => `${name} ${state}`)
export const named = ({ links }: ConsolePath, name: string): Link => links.find((one) => one.name === name)!
export const lines = (path: ConsolePath, name: string): string[] => named(path, name).fix.flatMap((one) => one.lines)
export const gap = { gap: 'denied' }
