import { locate } from '../../evidence/locate.ts'
import { attributeOf, type Element, find } from '../xml.ts'
import { at, type GuestConsole } from './guest.ts'

/**
 * `<serial type='pty'><source path='/dev/pts/0'/><target type='isa-serial' port='0'/><log file='/var/log/web1.log'/></serial>`; of TCP
 * `<source mode='bind' host='127.0.0.1' service='4555'/><protocol type='telnet'/>`.
 */
export function readConsole(device: Element, owner: { guest: string; configFile: string }): GuestConsole {
  const { path, host, service, mode } = find(device, 'source')?.attributes ?? {}
  const item: GuestConsole = {
    ...owner,
    kind: device.name,
    type: device.attributes['type'] ?? '',
    source: path ?? (service === undefined ? '' : `${host ?? ''}:${service}`),
    target: attributeOf(device, 'target', 'type'),
    listens: mode === 'bind',
    telnet: attributeOf(device, 'protocol', 'type') === 'telnet',
    log: attributeOf(device, 'log', 'file'),
  }
  return locate(item, at(owner.configFile, device.line))
}

/** What xl and xm hand on to QEMU: `pty`, `file:/var/log/web1.log`, `unix:/run/web1.sock,server,nowait`, `telnet:127.0.0.1:4555,server`. */
export function consoleOfXl(text: string, owner: { guest: string; configFile: string }): GuestConsole {
  const [, scheme, rest] = /^(file|unix|tcp|telnet|udp|pipe):([^,]*)/.exec(text) ?? []
  return {
    ...owner,
    kind: 'serial',
    type: scheme === undefined ? text : scheme === 'telnet' ? 'tcp' : scheme,
    source: rest ?? '',
    target: '',
    listens: /,server/.test(text),
    telnet: scheme === 'telnet',
    log: '',
  }
}
