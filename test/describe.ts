import { suite, type Callback } from 'uvu'

/** A suite that cannot be forgotten: uvu runs nothing, and says nothing, where `.run()` is not called. */
export function describe(name: string, define: (it: (title: string, test: Callback) => void) => void): void {
  const tests = suite(name)
  define((title, test) => void tests(title, test))
  tests.run()
}
