import { askKey } from '../src/evidence/ask.ts'
import { BundleHost } from '../src/hosts/bundle.ts'
import type { Answer, Ask, Host } from '../src/types.ts'

const FILES = '/etc/libvirt/qemu/*.xml'
export const HOST = 'fixtures/hosts/kvm-host'

/** The recorded host, with so many copies of its guest, each with a name, an identity and an address of its own. */
export class CrowdedHost implements Host {
  readonly at = null
  readonly #guests: number
  readonly #first: number

  constructor(
    readonly label: string,
    guests: number,
    first = 0,
  ) {
    this.#guests = guests
    this.#first = first
  }

  async answer(asks: readonly Ask[]): Promise<readonly Answer[]> {
    const answers = await new BundleHost(HOST).answer(asks)
    const [one] = answers.flatMap((answer) =>
      answer.ok && answer.data.kind === 'file' && /\/etc\/libvirt\/qemu\/\w+\.xml/.test(answer.key)
        ? [answer.data.text]
        : [],
    )
    const copies = Array.from({ length: this.#guests }, (_, index): Answer => {
      const number = this.#first + index
      const hex = number.toString(16).padStart(4, '0')
      const text = one!
        .replace(/<name>[^<]*/, `<name>guest${number}`)
        .replace(/<uuid>.{4}/, `<uuid>${hex}`)
        .replaceAll(/mac address='.{11}/g, `mac address='52:54:00:${hex.slice(0, 2)}`)
      const key = askKey({ file: `/etc/libvirt/qemu/guest${number}.xml` })
      return { key, ms: 0, ok: true, data: { kind: 'file', text } }
    })
    const values = copies.map((_, index) => `/etc/libvirt/qemu/guest${this.#first + index}.xml`)
    const list: Answer = { key: askKey({ file: FILES }), ms: 0, ok: true, data: { kind: 'expands', values } }
    return [...answers.filter(({ key }) => key !== list.key), list, ...copies]
  }
}
