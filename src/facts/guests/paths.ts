import { command } from '../../evidence/ask.ts'

const FOLDERS = [
  '/etc/xen',
  '/etc/libvirt/qemu',
  '/etc/libvirt/libxl',
  '/etc/libvirt/xen',
  '/usr/local/etc/xen',
] as const

/**
 * Every path in a line, a line each: two names at least. None that begins inside a word, since keys in base64 hold slashes, and none in
 * the value of what is called a secret. `]` becomes a blank first: not every awk takes it within brackets.
 */
const PRINT_PATHS = `{ gsub("]", " "); before = ""
while (match($0, "/[A-Za-z0-9._-]+/[^['\\"<>,; )]+")) {
before = before substr($0, 1, RSTART - 1); path = substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH)
if (tolower(before) !~ "[a-z0-9+/._-]$|(pass|pw|psk|secret|token|key)[a-z0-9_]*[\\"']?[:=> ]+[^,<]*$") print path
before = before path } }`

/** Paths that definitions name, wherever they name them: a definition may put several into one line. Files of 256 KiB are none. */
export const namedPaths = command([
  'find',
  ...FOLDERS,
  '-maxdepth',
  '2',
  '-type',
  'f',
  '-size',
  '-513',
  '!',
  '-path',
  '*/scripts/*',
  '-exec',
  'awk',
  PRINT_PATHS,
  '{}',
  '+',
])
