/** A rule that loads and passes its test, so that every step from here can be tried. */
export const newRule = (): string => `title: One line that names the problem
severity: warning # error: broken now · warning: will bite · info: worth knowing
tags: [kvm]
applies: platform.hosts == "kvm"
when: >-
  !kvm.active
says: What was found, with the values - {kvm.modules}
why: >-
  What goes wrong because of it.
fix:
  - { do: What to do about it., interrupts: nothing }
fine-when: This is intended.
documented:
  - { in: kernel.org, section: Where this stands }
`

/** The same for a rule that recognises a message. */
export const newLogRule = (): string => `title: One line that names the problem
severity: warning # error: broken now · warning: will bite · info: worth knowing
tags: [kvm]
log:
  match: 'the fixed part of the message: (?<what>\\S+)'
confidence: likely # certain: this message has one cause · likely · possible: one of several
subject: "{log.what}"
says: What it means, with what it names - {log.what}
why: >-
  What goes wrong because of it.
fix:
  - { do: What to do about it., interrupts: nothing }
documented:
  - { in: linux-kernel, section: The file that prints it }
`

export const newLogRuleTest = (): string => `- name: the message
  log: "kernel: the fixed part of the message: vda"
  expect: { problem: [vda] }
- name: the near miss, which looks alike and is none
  log: "kernel: the fixed part of the message is not all of it"
  expect: ok
- name: nobody could read the logs
  log: { gap: denied }
  facts: {}
  expect: unknown
`

export const newRuleTest = (): string => `- name: the problem
  facts: { platform: { hosts: kvm }, kvm: { active: false } }
  expect: problem
- name: the near miss, which looks alike and is none
  facts: { platform: { hosts: kvm }, kvm: { active: true } }
  expect: ok
- name: not known
  facts: { platform: { hosts: kvm }, kvm: { active: { gap: denied } } }
  expect: unknown
`
