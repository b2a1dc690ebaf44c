const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** 1610612736 → "1.5 GiB" */
export function humanBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${Number(value.toFixed(1))} ${UNITS[unit]}`
}

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
}

/** "512M" → 536870912; "1.5 GiB"; a bare number counts in `unit` (default: bytes). Null where it is no size. */
export function parseSize(text: string, unit = 1): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([bkmgtp]?)(?:i?b|ytes)?\s*$/i.exec(text)
  if (!match) return null
  const suffix = match[2]!.toLowerCase()
  return Number(match[1]) * (suffix === '' ? unit : FACTORS[suffix]!)
}
