/** What an item may hold that its owner may not want to give away. Secrets are taken out of all; the rest with --anonymize. */
export type Mark = 'names' | 'addresses' | 'identifiers' | 'secrets'

const MARKS: readonly (readonly [RegExp, readonly Mark[]])[] = [
  [/\/var\/log\/|^journalctl|^dmesg|^xl dmesg/, ['names', 'addresses', 'identifiers', 'secrets']],
  [/^ps .*args/, ['names', 'addresses', 'identifiers', 'secrets']],
  [/\/etc\/xen|\/lib\/xend|\/libvirt\/|^(xl|xm) list|^xenstore/, ['names', 'addresses', 'identifiers', 'secrets']],
  [/^\/etc\/(tgt|target|rtslib)|^tgtadm|multipath/, ['names', 'addresses', 'identifiers', 'secrets']],
  [/^\/proc\/cmdline|grub|^\/boot\/(loader|extlinux)|elilo|bootloader/, ['addresses', 'identifiers', 'secrets']],
  [/^\/proc\/mounts|^\/etc\/(fstab|exports|rc\.local|rc\.conf)|^df /, ['names', 'addresses', 'identifiers', 'secrets']],
  [/^\/etc\/hosts|^uname -n|^getent|dnsmasq/, ['names', 'addresses']],
  [/ifcfg|interfaces|network|^\/proc\/net|\/class\/net|^(ip|nft|ovs|ntpq|chronyc)/, ['names', 'addresses', 'secrets']],
  [/uuid|product_name|serial/, ['identifiers']],
  [/^stat \/var|^ls |sysctl\.conf|^\/etc\/(inittab|init)|folder \/(etc|run|var)/, ['names']],
]

/** By the label of an ask: `/etc/hosts`, `ps -ww -axo pid,uid,etime,args`. */
export const marksOf = (label: string): readonly Mark[] => MARKS.find(([pattern]) => pattern.test(label))?.[1] ?? []
