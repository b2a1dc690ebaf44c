/** One line of /proc/net/route: interface, destination and gateway in hexadecimal. */
export interface Route {
  readonly device: string
  readonly isDefault: boolean
}

/** `eth0	00000000	0202000A	0003	0	0	0	00000000	0	0	0`; bit 0 of the fourth column says that it is up. */
export function parseRoutes(text: string): Route[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length >= 8 && (parseInt(words[3]!, 16) & 1) === 1)
    .map((words) => ({ device: words[0]!, isDefault: words[1] === '00000000' && words[7] === '00000000' }))
}

/** Interfaces with an IPv6 address of their own: `fe80…0001 02 40 20 80 eth0`; scope 20 is the link-local one that every interface has. */
export const ip6Devices = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((words) => words.length >= 6 && words[3] !== '20')
      .map((words) => words[5]!),
  ),
]
