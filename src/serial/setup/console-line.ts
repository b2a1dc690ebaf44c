/** One thing that a console can be read from. */
export interface ConsoleLine {
  readonly kind: 'port' | 'guest' | 'hypervisor' | 'unknown'
  /** The guest; "" for what belongs to the host. */
  readonly guest: string
  /** /dev/ttyS0, /dev/pts/1, 127.0.0.1:4555, /var/log/xen/console/guest-web1.log */
  readonly where: string
  /** What it is: "16550A", "pty of xenconsoled" */
  readonly what: string
  /** Who has it; null where nobody has, as far as that can be seen. */
  readonly heldBy: string | null
  /** What is behind `console capture` to record it; null where nothing should. */
  readonly capture: readonly string[] | null
  /** What should be known before it is done; "" where nothing. */
  readonly note: string
}
