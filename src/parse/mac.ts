/** Addresses that documents and examples show, and that were copied from them. */
const EXAMPLES = new Set([
  'aa:aa:aa:aa:aa:aa',
  '00:16:3e:1a:b3:4a',
  '00:16:3e:2e:c5:a9',
  '00:16:3e:2f:d5:a9',
  '00:16:3e:00:00:00',
])

export const isExampleMac = (mac: string): boolean => EXAMPLES.has(mac.toLowerCase())

/** Why no guest should have this MAC address (xl takes any sign between the numbers); "" where it is sound. The second digit of the first octet tells a group address: odd. */
export function macProblem(mac: string): string {
  if (mac === '') return ''
  const text = mac.toLowerCase().replaceAll('-', ':')
  if (!/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/.test(text)) return 'it is not six hexadecimal numbers'
  const octets = text.split(':').map((part) => parseInt(part, 16))
  if (octets.every((octet) => octet === 0)) return 'it is all zeros'
  return octets[0]! % 2 === 1 ? 'it is a group address: its first number is odd' : ''
}
