/**
 * Secrets that must not reach a disk. `match` is a POSIX extended regular expression (the collector gives it to sed), and its
 * first group is what stays.
 */
export const SECRETS: readonly { readonly what: string; readonly match: string }[] = [
  { what: 'passwords of graphics in libvirt XML', match: '(passwd=["\'])[^"\']+' },
  { what: 'passwords in JSON (xl list -l)', match: '("[A-Za-z_]*(passw(or)?d|secret)" *: *")[^"]+' },
  { what: 'passwords in xl, xm and xend configuration', match: '(vnc-?passwd["\']?[ =(]+["\']?)[^]"\') ,]+' },
  { what: 'passwords in xend S-expressions', match: '(\\(passw(or)?d +["\']?)[^"\') ]+' },
  {
    what: 'hashed and plain passwords of boot loaders',
    match: '(^ *password(_pbkdf2)?([ =]+--md5|[ =]+--encrypted)?[ =]+([a-z0-9_]+ +)?)[^ ]+',
  },
  { what: 'passwords of screens in qemu.conf', match: '((vnc|spice)_password *= *["\'])[^"\']+' },
  { what: 'passwords of kernel and QEMU command lines', match: '((password|passwd|secret|data)=)[^ ,"\']+' },
  { what: 'passwords of iSCSI targets', match: '((incoming|outgoing)(discovery)?user[ \t]+[^ \t]+[ \t]+)[^ \t]+' },
  { what: 'passwords in calls of tgtadm and others', match: '(--password[ =]+)[^ ]+' },
  { what: 'credentials in URLs', match: '([a-z][a-z0-9+.-]*://[^/@: ]+:)[^/@ ]+(@)' },
]

// sed sees one line at a time.
const patterns = SECRETS.map(({ match }) => new RegExp(match.replace('[^]"', '[^\\]"').replaceAll('[^', '[^\\n'), 'gm'))
export const REDACTED = 'REDACTED'

/** The text with every known secret replaced. */
export function redact(text: string): string {
  return patterns.reduce(
    (clean, pattern) =>
      clean.replace(
        pattern,
        (...groups: unknown[]) => `${groups[1] as string}${REDACTED}${groups[3] === '@' ? '@' : ''}`,
      ),
    text,
  )
}
