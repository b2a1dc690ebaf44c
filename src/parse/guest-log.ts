/** What the end of a guest's log tells of its last run. */
export interface GuestLog {
  /** When it was started last, as written; "" where the end of the log does not show it. */
  readonly started: string
  /** `destroyed`, `shutdown`, `crashed`, `failed` …: why it ended after that start; "" while it runs. */
  readonly ended: string
  /** The last line after that start by which QEMU or libvirt complained; "" without. */
  readonly error: string
  readonly line: number
}

const START = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S*?): starting up/
const END = /^\d{4}-\d\d-\d\d \S+: shutting down, reason=(\w+)/
const COMPLAINT =
  /^(?:\d{4}-\d\d-\d\d[T ]\S+ )?(?:qemu(?:-\S+)?|\/usr\/\S*qemu\S*|kvm): (?!terminating on signal|warning:)|^libvirt:.* error|^error: |: Could not |internal error/

/** /var/log/libvirt/qemu/NAME.log: `2026-11-20 05:51:24.075+0000: starting up libvirt version: 9.0.0 …` */
export function parseQemuLog(text: string): GuestLog {
  const log = { started: '', ended: '', error: '', line: 0 }
  for (const [index, line] of text.split('\n').entries()) {
    const start = START.exec(line)?.[1]
    if (start !== undefined) Object.assign(log, { started: start, ended: '', error: '', line: 0 })
    const end = END.exec(line)?.[1]
    if (end !== undefined) log.ended = end
    if (COMPLAINT.test(line)) Object.assign(log, { error: line.slice(0, 300), line: index + 1 })
  }
  return log
}

const REASONS = ['poweroff', 'reboot', 'suspend', 'crash', 'watchdog', 'soft-reset']

/** /var/log/xen/xl-NAME.log: `Domain 3 has shut down, reason code 3 0x3` */
export function parseXlLog(text: string): GuestLog {
  const log = { started: '', ended: '', error: '', line: 0 }
  for (const [index, line] of text.split('\n').entries()) {
    if (/^Waiting for domain .* to die/.test(line)) Object.assign(log, { ended: '', error: '', line: 0 })
    const reason = /^Domain \d+ has shut down, reason code (\d+)/.exec(line)?.[1]
    if (reason !== undefined) log.ended = REASONS[Number(reason)] ?? `reason ${reason}`
    if (/^Domain \d+ has been destroyed/.test(line)) log.ended = 'destroyed'
    if (/\berror: |^libxl: error/.test(line)) Object.assign(log, { error: line.slice(0, 300), line: index + 1 })
  }
  return log
}
