import { execa } from 'execa'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { LabError } from './lab-error.ts'

/** Debian's packages of the patient: one system that boots as a KVM host and as a Xen dom0. */
const PACKAGES = [
  'linux-image-amd64,initramfs-tools,zstd,systemd-sysv,udev,dbus,kmod,procps,util-linux,e2fsprogs,iproute2,bridge-utils',
  'xen-hypervisor-4.17-amd64,xen-hypervisor-common,xen-utils-4.17,xenstore-utils,qemu-system-xen,qemu-system-x86,qemu-utils',
  'libvirt-daemon-system,libvirt-clients,libvirt-daemon-driver-xen,dnsmasq-base,nftables,iptables,systemd-timesyncd',
  'openssh-server,grub2-common,grub-pc-bin,nbd-client,pciutils,busybox-static,dmsetup,psmisc,file',
].join(',')

/** Of the initramfs: with all modules it takes a minute to unpack in emulation. */
const MODULES = ['virtio_pci', 'virtio_blk', 'ext4', 'ahci', 'sd_mod']
const MASKED = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'dpkg-db-backup.timer',
  'systemd-networkd-wait-online.service',
]
const MIB = 1024 * 1024
const DISK_MIB = 3072
const SECTOR = 512
/** What stands in the first sector before the disk's number and the table of partitions. */
const BOOT_CODE = 440
/** Of the patient's first network card, which is the port of its bridge br0. */
export const UPLINK_MAC = '52:54:00:12:34:56'

/** What is needed to boot: the disk with GRUB's room before its one partition, and what direct boots load. */
export interface Image {
  readonly folder: string
  readonly disk: string
  readonly kernel: string
  readonly initramfs: string
  readonly xen: string
  /** A private key that the patient's root accepts, and what its sshd proves itself by. */
  readonly key: string
  readonly knownHosts: string
}

const patient = (name: string): string => join(import.meta.dirname, 'patient', name)

/** The image below `lab`; made anew where what it is made of has changed. */
export async function image(lab: string, say: (text: string) => void): Promise<Image> {
  const made = createHash('sha256')
  for (const path of [import.meta.filename, ...readdirSync(patient('')).map(patient)]) made.update(readFileSync(path))
  made.update(process.version)
  const folder = join(lab, `image-${made.digest('hex').slice(0, 12)}`)
  if (!existsSync(folder)) {
    mkdirSync(lab, { recursive: true })
    for (const old of readdirSync(lab)) if (old.startsWith('image-')) rmSync(join(lab, old), { recursive: true })
    say('building the image')
    await build(`${folder}.new`)
    renameSync(`${folder}.new`, folder)
  }
  const at = (name: string): string => join(folder, name)
  return {
    folder,
    disk: at('disk.img'),
    kernel: at('vmlinuz'),
    initramfs: at('initrd.img'),
    xen: at('xen'),
    key: at('key'),
    knownHosts: at('known_hosts'),
  }
}

async function build(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const root = join(folder, 'root')
  await bootstrap(root)
  const boot = (start: string): string =>
    join(
      root,
      'boot',
      readdirSync(join(root, 'boot')).find((name) => name.startsWith(start))!,
    )
  copyFileSync(boot('vmlinuz-'), join(folder, 'vmlinuz'))
  copyFileSync(boot('initrd.img-'), join(folder, 'initrd.img'))
  const { stdout: xen } = await execa('gunzip', ['-c', boot('xen-4.17-amd64.gz')], { encoding: 'buffer' })
  writeFileSync(join(folder, 'xen'), xen)
  furnish(root, basename(boot('vmlinuz-')))
  await admit(root, folder)
  await guestInitramfs(root, join(folder, 'guest'))
  await loader(root, folder)
  await disk(root, join(folder, 'disk.img'))
  putLoader(folder, join(folder, 'disk.img'))
  rmSync(root, { recursive: true })
  rmSync(join(folder, 'guest'), { recursive: true })
}

async function bootstrap(root: string): Promise<void> {
  const words = ['--quiet', '--mode=root', '--variant=minbase', '--aptopt=Apt::Install-Recommends "false"']
  const left = ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*'].map(
    (path) => `--dpkgopt=path-exclude=${path}`,
  )
  const settings = `${root}.initramfs`
  mkdirSync(join(settings, 'etc/initramfs-tools/conf.d'), { recursive: true })
  writeFileSync(join(settings, 'etc/initramfs-tools/conf.d/lab'), 'MODULES=list\n')
  writeFileSync(join(settings, 'etc/initramfs-tools/modules'), `${MODULES.join('\n')}\n`)
  const hook = `--essential-hook=copy-in ${join(settings, 'etc')} /`
  const result = await execa('mmdebstrap', [...words, ...left, hook, `--include=${PACKAGES}`, 'bookworm', root], {
    reject: false,
    all: true,
  })
  rmSync(settings, { recursive: true })
  if (result.failed) throw new LabError('mmdebstrap could not build the image', result.all ?? '')
}

/** What makes it a patient: an agent, a console that logs in, sshd with a key of the lab, guests. */
function furnish(root: string, kernel: string): void {
  const at = (path: string): string => join(root, path)
  const put = (path: string, text: string, mode = 0o644): void => writeFileSync(at(path), text, { mode })
  const units = '/etc/systemd/system'
  put('/etc/hostname', 'lab\n')
  put('/etc/hosts', '127.0.0.1 localhost\n127.0.1.1 lab\n')
  put('/etc/fstab', '/dev/vda1 / ext4 defaults 0 1\n')
  for (const folder of ['/lab', '/tool', '/var/log/journal', '/root/.ssh', `${units}/serial-getty@.service.d`])
    mkdirSync(at(folder), { recursive: true })
  put(
    `${units}/serial-getty@.service.d/lab.conf`,
    '[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root --noclear --keep-baud 115200,38400 %I vt220\n',
  )
  for (const unit of MASKED) symlinkSync('/dev/null', at(`${units}/${unit}`))
  copyFileSync(patient('agent'), at('/usr/local/sbin/lab-agent'))
  chmodSync(at('/usr/local/sbin/lab-agent'), 0o755)
  put(
    `${units}/lab-agent.service`,
    '[Unit]\nAfter=xen.service libvirtd.service\n[Service]\nExecStart=/usr/local/sbin/lab-agent\nKillMode=process\n' +
      'TimeoutStopSec=3\n',
  )
  symlinkSync('../lab-agent.service', at(`${units}/multi-user.target.wants/lab-agent.service`))
  copyFileSync(process.execPath, at('/usr/local/bin/node'))
  chmodSync(at('/usr/local/bin/node'), 0o755)
  symlinkSync(kernel, at('/boot/vmlinuz'))
  put('/etc/systemd/network/br0.netdev', '[NetDev]\nName=br0\nKind=bridge\nMACAddress=52:54:00:12:34:56\n')
  put('/etc/systemd/network/br0.network', '[Match]\nName=br0\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\n')
  put(
    '/etc/systemd/network/uplink.network',
    `[Match]\nPermanentMACAddress=${UPLINK_MAC}\nType=ether\n[Network]\nBridge=br0\n`,
  )
  symlinkSync(
    '/lib/systemd/system/systemd-networkd.service',
    at(`${units}/multi-user.target.wants/systemd-networkd.service`),
  )
  mkdirSync(at('/etc/libvirt/qemu/networks/autostart'), { recursive: true })
  rmSync(at('/etc/libvirt/qemu/networks/autostart/default.xml'), { force: true })
  symlinkSync('/etc/libvirt/qemu/networks/default.xml', at('/etc/libvirt/qemu/networks/autostart/default.xml'))
  appendFileSync(at('/etc/default/xen'), 'XENCONSOLED_ARGS=--log=guest\n')
  mkdirSync(at('/var/log/xen/console'))
  withoutVme(at('/usr/share/libvirt/cpu_map'))
}

/** Root of the patient by ssh. */
async function admit(root: string, folder: string): Promise<void> {
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', join(folder, 'key')])
  copyFileSync(join(folder, 'key.pub'), join(root, 'root/.ssh/authorized_keys'))
  const [type, key] = readFileSync(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8').split(' ')
  writeFileSync(join(folder, 'known_hosts'), `lab ${type} ${key}\n`)
}

/** libvirt's driver for Xen looks for a model of the processor, all of which have VME; QEMU emulates none. */
function withoutVme(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => /^x86_(?!features|vendors)/.test(one))) {
    const path = join(folder, name)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^.*name='vme'.*\n/gm, ''))
  }
}

async function guestInitramfs(root: string, folder: string): Promise<void> {
  for (const name of ['bin', 'dev', 'proc', 'sys', 'modules']) mkdirSync(join(folder, name), { recursive: true })
  copyFileSync(join(root, 'bin/busybox'), join(folder, 'bin/busybox'))
  for (const name of 'sh ls cat mount echo sleep dmesg ip poweroff reboot free uname insmod setsid'.split(' '))
    symlinkSync('busybox', join(folder, 'bin', name))
  const { stdout } = await execa('find', [join(root, 'lib/modules'), '-name', '*.ko'])
  for (const path of stdout.split('\n').filter((one) => /\/(xen-blkfront|xen-netfront|virtio_blk)\.ko$/.test(one)))
    copyFileSync(path, join(folder, 'modules', basename(path)))
  copyFileSync(patient('guest-init'), join(folder, 'init'))
  chmodSync(join(folder, 'init'), 0o755)
  const names = await execa('find', ['.'], { cwd: folder })
  const packed = await execa('cpio', ['-o', '-H', 'newc', '--quiet'], {
    cwd: folder,
    input: names.stdout,
    encoding: 'buffer',
  })
  const zipped = await execa('gzip', ['-9'], { input: packed.stdout, encoding: 'buffer' })
  writeFileSync(join(root, 'boot/guest-initrd.gz'), zipped.stdout)
}

/** GRUB, with its modules where grub-install puts them; a fault that boots through it writes its settings and runs update-grub. */
async function loader(root: string, folder: string): Promise<void> {
  const modules = '/usr/lib/grub/i386-pc'
  cpSync(join(root, modules), join(root, 'boot/grub/i386-pc'), { recursive: true })
  const prefix = '(hd0,msdos1)/boot/grub'
  const words = ['-O', 'i386-pc', '-o', '/core.img', '-p', prefix, 'biosdisk', 'part_msdos', 'ext2']
  await execa('chroot', [root, 'grub-mkimage', ...words])
  renameSync(join(root, 'core.img'), join(folder, 'core.img'))
  copyFileSync(join(root, modules, 'boot.img'), join(folder, 'boot.img'))
}

/** Before the table of partitions, and behind it. boot.img loads sector 1, whose first part loads the rest. */
function putLoader(folder: string, path: string): void {
  const file = openSync(path, 'r+')
  writeSync(file, readFileSync(join(folder, 'boot.img')), 0, BOOT_CODE, 0)
  writeSync(file, readFileSync(join(folder, 'core.img')), 0, undefined, SECTOR)
  closeSync(file)
}

/** One partition that begins after a megabyte, where GRUB lies. */
async function disk(root: string, path: string): Promise<void> {
  const size = DISK_MIB - 1
  writeFileSync(path, '')
  truncateSync(path, DISK_MIB * MIB)
  await execa('mkfs.ext4', ['-q', '-F', '-d', root, '-E', `offset=${MIB}`, path, `${size}m`])
  const table = Buffer.alloc(66)
  table.writeUInt8(0x80, 0)
  table.writeUInt8(0x83, 4)
  table.writeUInt32LE(MIB / SECTOR, 8)
  table.writeUInt32LE((size * MIB) / SECTOR, 12)
  table.writeUInt16BE(0x55aa, 64)
  const file = openSync(path, 'r+')
  writeSync(file, table, 0, table.length, 446)
  closeSync(file)
}
