/** A comparison that a udev rule writes as an assignment: `KERNEL="sd*"` for `KERNEL=="sd*"`. */
export interface UdevMistake {
  readonly key: string
  readonly line: number
}

/** Keys that can only be compared; an assignment to them is an error since udev 093. */
const COMPARED = /^(KERNELS?|BUS|SUBSYSTEMS?|RESULT|ID|DRIVERS?|ACTION|DEVPATH|ATTRS\{.*\}|SYSFS\{.*\})$/

export function udevMistakes(text: string): UdevMistake[] {
  return text.split('\n').flatMap((raw, index) => {
    if (/^\s*#/.test(raw)) return []
    return [...raw.matchAll(/(?:^|,)\s*([A-Z]+(?:\{[^}]*\})?)\s*=(?!=)\s*"/g)]
      .map(([, key]) => key!)
      .filter((key) => COMPARED.test(key))
      .map((key) => ({ key, line: index + 1 }))
  })
}
