/**
 * The one list of what must not reach a disk. `match` is a POSIX extended regular expression, since the collector gives it to sed: one
 * line at a time, no look-around, intervals up to 255, no `#`. What may repeat without end must not begin anew inside itself: a guest writes logs. Its first group is what stays before the secret; `tail` names the group
 * that stays behind it.
 */
export interface Secret {
  readonly what: string
  readonly match: string
  readonly tail?: number
  /** Lines that only look like it. */
  readonly unless?: string
  /** Only on the lines from one that matches the first to one that matches the second. */
  readonly between?: readonly [string, string]
}

/** `psk` → `[Pp][Ss][Kk]`: sed knows no case-insensitive match everywhere. */
const any = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`)
const anyOf = (...words: readonly string[]): string => `(${words.map(any).join('|')})`

/** What is between words, and must not be taken for a part of one; files may come from Windows. */
const BLANK = ' \t\r'
const B = `[${BLANK}]`

/** What programs call a secret. `secret-id` or `password-file` are names of something: a separator must follow. */
const KEY = anyOf(
  'password(_in|_out|_hash|-in|-out|-hash|[0-9])?',
  'passwd(_in|_out|[0-9])?',
  'pass(phrase|code)',
  'authtok',
  '(bind|root|admin)_?pw',
  '(api|access|secret|private|encryption|(pre)?shared)[-_]?key',
  'token',
  'psk',
  'authkey',
  '[_-]pwd',
)
/** `pass` and `secret` are also the end of other words: `bypass=`, `password-secret=ID`. */
const SHORT_KEY = `(^|[^A-Za-z])${any('pass')}|(^|[^-A-Za-z])${any('secret')}|[a-z]S${any('ecret')}`
const NAMED = `(${KEY}|${SHORT_KEY})`

/** The next word of a list, where a value was empty, is none: `['vnc=1,vncpasswd=', 'vnc=2']`. */
const inQuotes = (quote: string): string => `[^]${quote},)\\${BLANK}]([^${quote}\\]|\\\\.)*`
const BARE = `([^]"',)${BLANK}]|,,)+`
/** The longest first, since JavaScript takes the first that fits where sed takes the longest. */
const SET = `${B}*(=>|:=|=)${B}*`
const SEPARATED = `["']?${B}*(=>|:=|[=:])${B}*`

export const SECRETS: readonly Secret[] = [
  {
    what: 'private keys on one line',
    match: '(-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----)([^-]|-[^-])+(-----END [A-Z ]*PRIVATE)',
    tail: 3,
  },
  {
    what: 'private keys',
    match: '()[A-Za-z0-9+/=]{16,}',
    between: ['BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----[^-]*$', 'END [A-Z ]*PRIVATE KEY'],
  },
  {
    what: 'the last lines of private keys',
    match: `(^|[${BLANK}])[A-Za-z0-9+/=]{1,15}(\r?$)`,
    tail: 2,
    between: ['BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----[^-]*$', 'END [A-Z ]*PRIVATE KEY'],
  },
  {
    what: 'keys whose first line is cut off',
    match: `(^${B}*)([A-Za-z0-9+][A-Za-z0-9+/]{63}|[A-Za-z0-9+][A-Za-z0-9+/]{69}|[A-Za-z0-9+][A-Za-z0-9+/]{75})(\r?$)`,
    tail: 3,
  },
  { what: 'quoted values: JSON, XML, configurations', match: `(${NAMED}${SEPARATED}")${inQuotes('"')}` },
  { what: 'values in single quotes: Python, XML, shell', match: `(${NAMED}${SEPARATED}u?')${inQuotes("'")}` },
  {
    what: 'lists of Python, as xend logs them',
    match: `([[(]u?["'](vnc|spice)?-?${KEY}["'] *, *u?["'])[^]"',)][^"']*`,
  },
  { what: 'JSON in JSON', match: `(${NAMED}\\\\+"${B}*:${B}*\\\\+")[^"\\]+` },
  { what: 'quoted values behind a blank', match: `(${NAMED}${B}+")${inQuotes('"')}` },
  { what: 'values in single quotes behind a blank: S-expressions', match: `(${NAMED}${B}+')${inQuotes("'")}` },
  { what: 'S-expressions', match: `(\\((vnc|spice)?-?${KEY}${B}+)[^]["'()${BLANK}]+` },
  { what: 'command lines, configurations, environments', match: `(${NAMED}${SET}["']?)${BARE}` },
  { what: 'YAML', match: `(^[ \t-]*[A-Za-z_-]*${NAMED}:${B}+)[^]["'{},)${BLANK}]+` },
  {
    what: 'what programs print',
    match: `(${anyOf('password', 'passphrase', 'passwd')}:${B}*)[^]:["'{},)${BLANK}][^]["'{},)${BLANK}]*`,
  },
  {
    what: 'XML elements',
    match: `(<[A-Za-z:_.-]*${anyOf('password', 'passwd', 'passphrase', 'secret', 'token', 'cookie')}([ \t][^<>]*[^/<>])?>)[^<${BLANK}][^<]*`,
  },
  {
    what: 'elements that are named: clusters, libvirt',
    match: `(${any('name')}=["'][^"'<>]{0,64}${KEY}["']( +value=["']|>))[^"'<>${BLANK}][^"'<>]*`,
  },
  { what: 'credentials of systemd', match: `(io\\.systemd\\.credential(\\.binary)?:[^ =,"'<>]{1,64}=)[^ ,"'<>]+` },
  {
    what: 'the same in the firmware of QEMU',
    match: `(io\\.systemd\\.credentials/[^ ,"'<>]{1,64}(,string=|["']>))[^ ,"'<>]+`,
  },
  { what: 'the same on kernel command lines', match: `(systemd\\.set_credential(_binary)?=[^ :"']{1,64}:)[^ "']+` },
  {
    what: 'passwords of boot loaders',
    match: `(^${B}*password(_pbkdf2)?([ =]+--md5|[ =]+--encrypted)?[ =]+([a-z0-9_]+ +)?)[^${BLANK}]+`,
    unless: 'pam_|include|substack',
  },
  { what: 'passwords of boot menus', match: `(${any('menu ')}(${any('master ')})?${any('passwd ')})[^${BLANK}]+` },
  { what: 'hashed passwords of GRUB', match: '(grub\\.pbkdf2\\.sha[0-9]+\\.[0-9]+\\.)[0-9A-F.]+' },
  {
    what: 'hashed passwords',
    match: '(\\$(1|2[abxy]|5|6|7|y|gy|apr1)\\$)([./A-Za-z0-9=,]{1,40}\\$){0,2}[./A-Za-z0-9]{20,}',
  },
  { what: 'hashed passwords of LDAP', match: '(\\{(S?SHA[0-9]*|S?MD5|CRYPT|crypt)\\})[A-Za-z0-9+/=$.]{6,}' },
  { what: 'passwords of kickstart', match: `(^${B}*${any('rootpw')}( +--[a-z]+)* +)[^-${BLANK}][^${BLANK}]*` },
  {
    what: 'random passwords of cloud-init',
    match: '(^[^ :]+:)[^ ]+',
    between: ['following .random. passwords', '^[^:]*$'],
  },
  { what: 'passwords of LDAP clients', match: `(^${B}*${anyOf('bindpw', 'rootpw', 'rootbindpw')}${B}+)[^${BLANK}]+` },
  { what: 'secrets of QEMU', match: '(secret(_keyring)?,([^ ]{0,99},)?data=)([^ ,"\']|,,)+' },
  { what: 'secrets of QEMU in JSON', match: '("qom-type" *: *"secret"[^}]{0,99}"data" *: *")[^"]+' },
  { what: 'passwords in the monitor of QEMU', match: `(set_password +(vnc|spice) +)[^ "${BLANK}]+` },
  { what: 'keys of Ceph', match: '()AQ[A-Za-z0-9+/]{36}==' },
  { what: 'keys in names of RBD images', match: `(rbd:[^ "',]{1,200}:key=)[^:"',${BLANK}]+` },
  {
    what: 'secrets of iSCSI targets',
    match: `((${any('incoming')}|${any('outgoing')})(${any('discovery')})?${any('user')}${B}+"?[^ \t"]+"?${B}+"?)[^"${BLANK}]+`,
  },
  { what: 'secrets of iSCSI on FreeBSD', match: '(chap(-mutual)? +"?[^" ]+"? +")[^"]+' },
  { what: 'iSCSI on kernel command lines', match: '(iscsi:)[^ @/"]{1,128}:[^ @"]{1,128}(@)', tail: 2 },
  {
    what: 'options of programs',
    match: `(-${anyOf('password', 'passwd', 'passphrase', 'pass', 'pwd', 'pw', 'secret', 'token', 'api-?key')}${B}+["']?)[^-=:"'${BLANK}][^"'${BLANK}]*`,
  },
  { what: 'mysql and sshpass', match: '((mysql|mysqldump|mysqladmin|mariadb|sshpass)( [^ ]+){0,8} -p ?)[^ -][^ ]*' },
  {
    what: 'fencing and registries',
    match: '((fence_[a-z_]{1,24}|(docker|podman) login)( [^ ]+){0,12} -p ?)[^ -][^ ]*',
  },
  { what: 'ipmitool', match: '(ipmitool( [^ ]+){0,12} -P ?)[^ -][^ ]*' },
  { what: 'LDAP programs', match: '(ldap[a-z]{1,12}( [^ ]+){0,12} -w ?)[^ -][^ ]*' },
  { what: 'curl', match: '((curl|wget)( [^ ]+){0,16} (-u|--user|--proxy-user)[ =]?["\']?[^ :"\']+:)[^ "\']+' },
  { what: 'mounts of CIFS', match: `(,?user(name)?=[^ ,%]{1,64}%)[^ ,${BLANK}]+` },
  { what: 'smbclient', match: '( (-U|--user)[ =]?[^ %]{1,64}%)[^ ]+' },
  {
    what: 'passwords that are piped',
    match: `(echo +["']?([A-Za-z0-9._-]{1,32}:)?)[^"'|]{1,64}(["']? *[|] *(sudo )?(chpasswd|passwd|sudo -S))`,
    tail: 3,
  },
  { what: 'openssl', match: `([ =]pass:)[^"'${BLANK}]+` },
  { what: 'wireless networks', match: `((wpa-(psk|password|passphrase)|wireless-key[0-9]?)${B}+)[^${BLANK}][^\r]*` },
  {
    what: 'wireless keys',
    match: `((^|[^A-Za-z])(WIRELESS_KEY(_[0-9])?|WEP_KEY[0-9]?|wep_key[0-9]?)=["']?)[^"'${BLANK}]+`,
  },
  { what: 'keys of network scripts', match: `(^KEY[0-9]?=["']?)[^"'${BLANK}]+` },
  { what: 'secrets of clusters', match: `((shared-secret|auth_pass)${B}+"?)[^"${BLANK}]+` },
  {
    what: 'HTTP credentials',
    match: `(${any('authorization')}["']?[:=] *["']?[A-Za-z]+ +)[^"',${BLANK}]+`,
  },
  { what: 'bearer tokens', match: `(${any('bearer')} +)[A-Za-z0-9._~+/-]{16,}=*` },
  { what: 'HTTP headers', match: `(-${anyOf('token', 'api-key', 'auth-key')}["']?: *["']?)[^"',${BLANK}]+` },
  { what: 'cookies', match: `((^|[^A-Za-z])${any('cookie')}: *)[^"'${BLANK}][^"'\r]*` },
  { what: 'JSON Web Tokens', match: '()eyJ[A-Za-z0-9_-]{8,255}\\.[A-Za-z0-9_-]{4,}\\.[A-Za-z0-9_-]*' },
  {
    what: 'tokens of well-known services',
    match:
      '()(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{30,}|hvs\\.[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,})',
  },
  { what: 'passwords in URLs', match: `(://[^/@: "'<>]*:)[^/ "'<>\t]+(@)`, tail: 2 },
  { what: 'tokens in URLs', match: `(://)[^/@: "'<>\t]{20,}(@)`, tail: 2 },
]
