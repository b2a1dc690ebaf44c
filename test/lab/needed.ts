import { execa } from 'execa'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PATH } from '../../src/hosts/run.ts'

/** Programs that the lab runs, and the packages of Debian that have them. */
const PROGRAMS = {
  mmdebstrap: 'mmdebstrap',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  'mkfs.ext4': 'e2fsprogs',
  cpio: 'cpio',
  setpriv: 'util-linux',
  ssh: 'openssh-client',
  socat: 'socat',
}
/** A recommendation of QEMU's, without which it starts nothing. */
const FIRMWARE = 'seabios'

const missing = (): string[] =>
  Object.entries(PROGRAMS)
    .filter(([program]) => !PATH.split(':').some((folder) => existsSync(join(folder, program))))
    .map(([, name]) => name)

/** Installs what is missing where it can; gives the sentence that says what it could not. */
export async function install(say: (text: string) => void): Promise<string> {
  if (missing().length === 0) return ''
  const packages = [...missing(), FIRMWARE]
  if (process.getuid?.() === 0) {
    say(`installing ${packages.join(' ')}`)
    await execa('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      reject: false,
    })
  }
  return missing().length === 0 ? '' : `The lab needs these packages of Debian: ${packages.join(' ')}.`
}
