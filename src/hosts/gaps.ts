import type { Data, Gap } from '../types.ts'

/** What one question was answered with, before it is given its key and its time. */
export type Reply = { readonly data: Data } | { readonly gap: Gap; readonly detail?: string }

/** What an error of the file system means. */
export function gapOf(error: unknown): Reply {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { gap: 'absent' }
    case 'EACCES':
    case 'EPERM':
      return { gap: 'denied', detail: 'permission denied' }
    // Attributes of sysfs that the hardware does not answer, processes that ended while they were read.
    case 'ENODEV':
    case 'ENXIO':
    case 'ESRCH':
      return { gap: 'absent' }
    default:
      return { gap: 'malformed', detail: code ?? message }
  }
}
