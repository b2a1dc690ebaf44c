/** Who moves the guest: the plain toolstacks, and libvirt with either hypervisor. */
export const TOOLSTACKS = ['xm', 'xl', 'libvirt-libxl', 'libvirt-qemu'] as const
export type Toolstack = (typeof TOOLSTACKS)[number]

/** How a guest is to get where it shall run. */
export interface Move {
  readonly toolstack: Toolstack
  readonly live: boolean
  /** It does not move, and there is no source. */
  readonly starts: boolean
}
