import type { Report } from '../../src/engine/report.ts'
import type { Finding } from '../../src/types.ts'

/** A problem whose machine tries to be more than text. */
export const hostile: Finding = {
  rule: 'bridge-missing',
  area: 'network',
  subject: 'guest evil\u001b[2J',
  outcome: 'problem',
  severity: 'error',
  title: 'A bridge is missing',
  says: 'wants \u001b]0;owned\u0007br9\nand more',
  why: 'It fails to start.',
  fix: [
    { run: ['ip', 'link', 'show', 'a b;rm'], interrupts: 'the network', undo: 'nothing' },
    { edit: '/etc/xen/evil.cfg', replace: 'br9', with: 'br0' },
  ],
  evidence: [{ ask: 'x', path: '/etc/xen/evil.cfg', line: 7 }],
  missing: [],
  documented: [],
}

export const reportOf = (findings: readonly Finding[], host = 'bundle x'): Report => ({
  version: 1,
  vdoctor: '1.2.3',
  host,
  at: '2026-01-02T03:04:05.000Z',
  platform: {
    distribution: 'debian',
    version: '12',
    system: 'Linux',
    release: '6.1',
    arch: 'x86_64',
    hosts: 'kvm',
    under: '',
    how: [],
  },
  ability: '',
  findings,
  areas: [{ area: 'kvm', problem: 0, ok: 3, unknown: 1, skipped: 0 }],
  undecided: [{ gap: 'denied', ask: 'stat /dev/kvm', rules: ['a', 'b'] }],
  logs: [],
})
