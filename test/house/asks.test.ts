import * as assert from 'uvu/assert'
import { askKey, askLabel, isGlob, pathOf } from '../../src/evidence/ask.ts'
import { everyAsk } from '../../src/engine/asks.ts'
import { factSets } from '../../src/facts/index.ts'
import { logAsks } from '../../src/signatures/sources.ts'
import type { Ask, Question } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'

const asks = [
  ...factSets.flatMap((set) => set.asks.map((ask) => ({ set: set.name, ask }))),
  ...logAsks.map((ask) => ({ set: 'logs of the host', ask })),
]
const questions = (ask: Ask): Question[] => ('each' in ask ? [ask.each, ask.ask] : [ask])
const commands = asks.flatMap(({ ask }) =>
  questions(ask).flatMap((one) => ('command' in one ? [{ ask, argv: one.command }] : [])),
)
/** Asks no daemon. */
const asksNobody = (argv: readonly string[]): boolean => argv.join(' ') === 'virsh --version'
const paths = asks.flatMap(({ ask }) => questions(ask).flatMap((one) => pathOf(one) ?? []))

/** Reading these takes messages away from others, stops machines, or writes. */
const FORBIDDEN_PATHS = [
  /^\/proc\/kmsg$/,
  /trace_pipe/,
  /^\/dev\/mcelog/,
  /\/smaps/,
  /^\/proc\/[^/]+\/(mem|cmdline|environ|maps)$/,
  /^\/sys\/.*\/(config|vpd|rom|resource\d*(_wc)?)$/,
  /^\/sys\/kernel\/debug/,
  /^\/dev\/(?!kvm$|vfio|vhost|xen|net\/tun|null$|loop|mapper|disk|hwrng$|sev$|zvol|ttyS|hvc|hugepages)/,
]
const FORBIDDEN_COMMANDS = [
  /^lspci .*-v{2,}/,
  /^lspci .*-x/,
  /^dmidecode/,
  /^smartctl/,
  /^ethtool (-e|-m|-t)/,
  /^multipath/,
  /^(lvs|vgs|pvs|lvm|dmsetup|blkid)\b/,
  /^xl dmesg .*-c/,
  /^(xl|xm) (debug-keys|sysrq|trigger|create|destroy|console)/,
  /^dmesg .*(-c|-C|-w|--follow)/,
  /^qemu-img info(?!.* -U)/,
  /^(sh|bash|env|sudo|su|nsenter|chroot|eval)\b/,
  /^(modprobe|insmod|rmmod|systemctl (start|stop|restart|enable|disable|isolate)|service)\b/,
  /^timedatectl|^hostnamectl|^loginctl|^machinectl/,
  /^modprobe(?! -c| --showconfig)/,
]
/** These start a daemon or load a module where it does not run or is not loaded. */
const NEEDS_PRECONDITION =
  /^(virsh|virt-|iptables|ip6tables|ebtables|nft|ss|conntrack|xl (list|vcpu|network|block|pci|sched)|xm|xenstore|ovs-|nmcli|firewall-cmd|chronyc|ntpq|systemctl)/

describe('the asks', (it) => {
  it('are declared', () => {
    assert.ok(asks.length > 20)
  })

  it('are one list: what a check reads, a bundle and the collector record', () => {
    const recorded = new Set(everyAsk.map((ask) => askKey(ask)))
    assert.equal(
      asks.filter(({ ask }) => !recorded.has(askKey(ask))).map(({ ask }) => askLabel(ask)),
      [],
    )
    const script = vdoctor(['collector']).out
    for (const path of ['/var/log/xen/xend.log', '/var/log/libvirt/qemu/*.log']) assert.match(script, path)
  })

  it('read nothing that harms the patient', () => {
    assert.equal(
      paths.filter((path) => FORBIDDEN_PATHS.some((pattern) => pattern.test(path))),
      [],
    )
    assert.equal(
      commands
        .map(({ argv }) => argv.join(' '))
        .filter((line) => FORBIDDEN_COMMANDS.some((pattern) => pattern.test(line))),
      [],
    )
  })

  it('ask daemons and modules only where they are there already', () => {
    const bare = commands.filter(
      ({ ask, argv }) => NEEDS_PRECONDITION.test(argv.join(' ')) && !ask.if && !asksNobody(argv),
    )
    assert.equal(
      bare.map(({ argv }) => argv.join(' ')),
      [],
    )
  })

  it('never start the iptables-save of nf_tables, which loads that module', () => {
    const saves = commands.filter(({ argv }) => argv[0] === 'iptables-save')
    assert.ok(
      saves.every(({ ask }) => ask.if && 'unless' in ask.if && ask.if.unless?.includes('/usr/sbin/xtables-nft-multi')),
    )
  })

  it('talk to libvirt read-only and by a named URI', () => {
    const virsh = commands.filter(({ argv }) => argv[0] === 'virsh' && !asksNobody(argv))
    assert.equal(
      virsh
        .filter(({ ask, argv }) => !argv.includes('-r') || !argv.includes('-c') || ask.backend !== 'libvirt')
        .map(({ argv }) => argv.join(' ')),
      [],
    )
  })

  it('name the backend of what can hang with xenstore', () => {
    const hang = commands.filter(({ argv }) =>
      /^(xl (list|vcpu|network|block|pci-list|uptime)|xm |xenstore)/.test(argv.join(' ')),
    )
    assert.equal(
      hang.filter(({ ask }) => ask.backend !== 'xenstore').map(({ argv }) => argv.join(' ')),
      [],
    )
  })

  it('are absolute, and know only * ? [ ]', () => {
    assert.equal(
      paths.filter(
        (path) =>
          !path.startsWith('/') ||
          /\*\*|[{}!\\'"]/.test(path.replaceAll('{}', '')) ||
          (isGlob(path) && path.includes(' ')) ||
          (isGlob(path) && path.startsWith('/*')),
      ),
      [],
    )
  })

  it('are put with the same limits and preconditions wherever the same question is put', () => {
    const options = new Map<string, string>()
    for (const { set, ask } of asks) {
      const { maxBytes, timeoutMs, fromEnd, if: precondition, probe, backend } = ask
      const own = JSON.stringify({ maxBytes, timeoutMs, fromEnd, precondition, probe, backend })
      const other = options.get(askKey(ask))
      if (other !== undefined) assert.is(own, other, `${askLabel(ask)} in ${set}`)
      options.set(askKey(ask), own)
    }
  })

  it('have names that CEL can say', () => {
    const reserved = new Set([
      'loop',
      'package',
      'in',
      'as',
      'break',
      'const',
      'continue',
      'else',
      'for',
      'function',
      'if',
      'import',
      'let',
      'namespace',
      'return',
      'var',
      'void',
      'while',
      'true',
      'false',
      'null',
    ])
    const names = factSets.flatMap((set) => [set.name, ...Object.keys(set.about)])
    assert.equal(
      names.filter((name) => reserved.has(name) || !/^[a-z][A-Za-z0-9]*$/.test(name)),
      [],
    )
    assert.is(new Set(factSets.map(({ name }) => name)).size, factSets.length)
  })
})
