/** One node of `xenstore-ls -f`: `/local/domain/0/backend/vif/1/0/state = "4"   (n0,r1)` with -p. */
export function parseXenstore(text: string): Map<string, string> {
  const nodes = new Map<string, string>()
  for (const [, path, value] of text.matchAll(/^(\/\S*) = "(.*)"(?:\s+\([^)]*\))?\s*$/gm)) nodes.set(path!, value!)
  return nodes
}

/** Names of the kernel's enum xenbus_state. */
const STATES = ['unknown', 'initialising', 'initwait', 'initialised', 'connected', 'closing', 'closed', 'reconfiguring']

const stateName = (state: string): string => STATES[Number(state)] ?? STATES[0]!

/** One device that dom0 serves to a guest. */
export interface BackendDevice {
  readonly domid: number
  readonly kind: string
  readonly id: string
  /** As `stateName` says it. */
  readonly state: string
  /** "connected", "error", "" where no script runs for it. */
  readonly hotplugStatus: string
  readonly hotplugError: string
  readonly params: string
  readonly bridge: string
  readonly script: string
}

/** The nodes of one kind: `/local/domain/0/backend/KIND/DOMID/ID/…`. */
export function backendDevices(nodes: ReadonlyMap<string, string>): BackendDevice[] {
  const found: BackendDevice[] = []
  for (const [path, state] of nodes) {
    const [, base, kind, domid, id] =
      /^(\/local\/domain\/\d+\/backend\/([^/]+)\/(\d+)\/([^/]+))\/state$/.exec(path) ?? []
    if (base === undefined) continue
    const of = (name: string): string => nodes.get(`${base}/${name}`) ?? ''
    found.push({
      domid: Number(domid),
      kind: kind!,
      id: id!,
      state: stateName(state),
      hotplugStatus: of('hotplug-status'),
      hotplugError: of('hotplug-error'),
      params: of('params'),
      bridge: of('bridge'),
      script: of('script'),
    })
  }
  return found
}
