import { createHash } from 'node:crypto'

/** As the manifest writes it: 64 hexadecimal digits. */
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
