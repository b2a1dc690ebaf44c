import type { Fix } from './console-path.ts'
import type { HostFacts } from './host-facts.ts'

/** What offers a login on a device, for the init system of this machine. */
export function loginLines({ platform, services }: HostFacts, device: string, baud: number): Fix[] {
  const init = services.init.ok ? services.init.value : ''
  const distribution = platform.distribution.ok ? platform.distribution.value : ''
  const release = platform.release.ok ? platform.release.value : ''
  if (platform.system.ok && platform.system.value === 'FreeBSD') return [ttysLine(device)]
  if (init === 'systemd') return [systemdLine(device)]
  // Upstart of Red Hat 6 has an inittab, of which it reads the runlevel only.
  if (/^(rhel|centos|ol|scientific)$/.test(distribution) && release.startsWith('2.6.32'))
    return [
      { where: 'the kernel of Red Hat 6', lines: [`console=${device}`], interrupts: 'nothing before the next start' },
    ]
  if (init === 'sysv' || init === 'openrc') return [inittabLine(device, baud)]
  return [systemdLine(device), inittabLine(device, baud)]
}

export const systemdLine = (device: string): Fix => ({
  where: 'a shell (systemd)',
  lines: [`systemctl enable --now serial-getty@${device}.service`],
})

/** A speed means nothing to hvc0 and xvc0, and agetty wants one. */
export const inittabLine = (device: string, baud: number): Fix => ({
  where: '/etc/inittab',
  lines: [`co:2345:respawn:/sbin/agetty ${device} ${/^tty/.test(device) ? baud : 9600} vt100-nav`],
  run: 'telinit q',
})

export const ttysLine = (device: string): Fix => ({
  where: '/etc/ttys',
  lines: [
    `${device} "/usr/libexec/getty ${device === 'xc0' ? 'Pc' : '3wire'}" ${device === 'xc0' ? 'xterm' : 'vt100'} onifconsole secure`,
  ],
  run: 'kill -HUP 1',
})
