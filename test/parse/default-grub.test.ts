import * as assert from 'uvu/assert'
import { grubValues, parseDefaultGrub } from '../../src/parse/default-grub.ts'
import { describe } from '../describe.ts'

const outside = (line: string): string => parseDefaultGrub(line)[0]!.outside
const meant = (name: string): string => parseDefaultGrub(`${name}=1`)[0]!.meant

describe('parse: /etc/default/grub', (it) => {
  it('sees a parameter behind the quotes', () => {
    assert.is(outside('GRUB_CMDLINE_LINUX="rhgb quiet" intel_iommu=on'), 'intel_iommu=on')
    assert.is(outside('GRUB_CMDLINE_LINUX=quiet splash # a comment'), 'splash')
  })

  it('does not take shell for a mistake: substitutions, comments, second commands', () => {
    assert.is(outside('GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`'), '')
    assert.is(outside(`GRUB_DISTRIBUTOR="$(sed 's, release .*$,,g' /etc/system-release)"`), '')
    assert.is(outside('GRUB_DISTRIBUTOR=$( . /etc/os-release; echo ${NAME:-Ubuntu} )'), '')
    assert.is(outside('GRUB_CMDLINE_LINUX="$([ -x /usr/sbin/x ] && /usr/sbin/x || :) rhgb quiet"'), '')
    assert.is(outside('GRUB_TIMEOUT=5 # seconds'), '')
    assert.is(outside('GRUB_TIMEOUT=5; export GRUB_TIMEOUT'), '')
    assert.is(outside('GRUB_CMDLINE_LINUX="a"\' b\'"c"'), '')
  })

  it('knows what a misspelt name meant, and leaves names of others alone', () => {
    assert.is(meant('GRUB_CMDLINX_LINUX'), 'GRUB_CMDLINE_LINUX')
    assert.is(meant('GRUB_CMD_LINE_LINUX'), 'GRUB_CMDLINE_LINUX')
    assert.is(meant('GRUB_CMDLINE_LINUX_DEFAULT'), '')
    assert.is(meant('GRUB_CMDLINE_LINUX_SECURITY'), '')
    assert.is(meant('GRUB_OS_PROBER'), '')
  })

  it('tells the line, and passes comments', () => {
    assert.equal(
      parseDefaultGrub('# x\n#GRUB_DEFAULT=1\nGRUB_DEFAULT=0\n').map(({ name, line }) => [name, line]),
      [['GRUB_DEFAULT', 3]],
    )
  })

  it('puts values together as the shell does', () => {
    const variables = parseDefaultGrub(
      'GRUB_CMDLINE_XEN="a"\nGRUB_CMDLINE_XEN="$GRUB_CMDLINE_XEN b"\nGRUB_CMDLINE_XEN+=" c"\nGRUB_DEFAULT=0\n',
    )
    assert.is(grubValues(variables)['GRUB_CMDLINE_XEN'], 'a b c')
  })
})
