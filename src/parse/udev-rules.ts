import { nearest } from './nearest.ts'

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

/** A key that udev does not know, and the one that was probably meant. */
export interface UdevOddKey extends UdevMistake {
  readonly nearest: string
}

const KEYS =
  'ACTION DEVPATH KERNEL KERNELS NAME SYMLINK SUBSYSTEM SUBSYSTEMS DRIVER DRIVERS ATTR ATTRS SYSCTL SYSFS BUS ID ENV CONST TAG TAGS TEST PROGRAM RESULT OWNER GROUP MODE SECLABEL RUN LABEL GOTO IMPORT OPTIONS WAIT_FOR WAIT_FOR_SYSFS MODALIAS PLACE LAST_RULE'.split(
    ' ',
  )

/** `KERNAL=="sd*", NAME="row1"`: values are stepped over, whatever they hold. */
export function udevOddKeys(text: string): UdevOddKey[] {
  return text.split('\n').flatMap((raw, index) => {
    if (/^\s*#/.test(raw)) return []
    return [...raw.matchAll(/([A-Za-z_]+)(?:\{[^}]*\})?\s*(?:[=!]=|[-+:]?=)\s*[ei]?"(?:[^"\\]|\\.)*"/g)].flatMap(
      ([, key]) => {
        const meant = KEYS.includes(key!) ? null : nearest(key!, KEYS, 2)
        return meant === null ? [] : [{ key: key!, line: index + 1, nearest: meant }]
      },
    )
  })
}
