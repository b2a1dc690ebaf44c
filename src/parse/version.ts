import semver from 'semver'

/**
 * Versions of distributions are no semantic versions: "4.17.7", "2.6.18-194.el5xen", "9.0.0-4+deb12u2".
 * Leading numbers decide; where they are equal, so are the versions.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [semver.coerce(a), semver.coerce(b)]
  if (!left || !right) throw new Error(`no version: ${JSON.stringify(left ? b : a)}`)
  return semver.compare(left, right)
}
