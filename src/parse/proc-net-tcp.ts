const LISTENING = '0A'

/**
 * Addresses that accept connections on a port, without loopback, as /proc/net/tcp and tcp6 tell them:
 * `   0: 00000000:407D 00000000:0000 0A …` → 0.0.0.0
 */
export function listeningOn(text: string, port: number): string[] {
  return [...new Set(listeners(text).flatMap((one) => (one.port === port ? [one.address] : [])))]
}

/** The ports themselves, each once. */
export const listeningPorts = (text: string): number[] => [...new Set(listeners(text).map(({ port }) => port))]

function listeners(text: string): { address: string; port: number }[] {
  const lines = text.matchAll(/^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /gm)
  return [...lines].flatMap(([, hex, hexPort, state]) => {
    if (state !== LISTENING) return []
    const address = hex!.length === 8 ? ipv4(hex!) : ipv6(hex!)
    return address.startsWith('127.') || address === '::1' ? [] : [{ address, port: parseInt(hexPort!, 16) }]
  })
}

/** The kernel prints its own word, low byte last on little-endian machines: 0100007F is 127.0.0.1. */
const bytesOf = (word: string): number[] => [6, 4, 2, 0].map((at) => parseInt(word.slice(at, at + 2), 16))

const ipv4 = (word: string): string => bytesOf(word).join('.')

function ipv6(words: string): string {
  const bytes = [0, 8, 16, 24].flatMap((at) => bytesOf(words.slice(at, at + 8)))
  if (bytes.every((byte) => byte === 0)) return '::'
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1'
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  if (mapped) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bytes[index * 2]! << 8) | bytes[index * 2 + 1]!).toString(16),
  )
  return groups.join(':')
}
