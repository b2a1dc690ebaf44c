const { existsSync, readFileSync } = require('node:fs')
const Module = require('node:module')
const path = require('node:path')
const { setFlagsFromString } = require('node:v8')
const { Script } = require('node:vm')

const file = path.join(__dirname, '..', 'dist', 'cli.cjs')
const cache = `${file}.cache`

/**
 * Loads the bundle with the compiled code that the build kept of it. Another Node than the builder's refuses that and compiles
 * anew: slower, and all the same.
 */
exports.load = () => {
  // Patterns must not hang on a hostile line: V8 then falls back to an engine that does not backtrack. Before anything is
  // compiled, since compiled code is only good under the flags that it was made with.
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined
  const script = new Script(Module.wrap(readFileSync(file, 'latin1')), { filename: file, cachedData })
  const bundle = new Module(file)
  bundle.filename = file
  bundle.loaded = true
  // oclif asks for the same file again, to find the commands in it.
  Module._cache[file] = bundle
  script.runInThisContext()(bundle.exports, Module.createRequire(file), bundle, file, path.dirname(file))
  return { cli: bundle.exports, script, cache }
}
