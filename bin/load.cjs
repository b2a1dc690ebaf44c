const Module = require('node:module')
const { setFlagsFromString } = require('node:v8')
const { Script } = require('node:vm')

/**
 * Runs the bundle with the compiled code that the build kept of it. Another Node than the builder's refuses that and compiles
 * anew: slower, and all the same. `file` is its name; `required` is its `require`.
 */
exports.load = ({ file, source, cachedData, required }) => {
  // Patterns must not hang on a hostile line: V8 then falls back to an engine that does not backtrack. Before anything is
  // compiled, since compiled code is only good under the flags that it was made with.
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  // A check lives for a seventh of a second: machine code that is made of what ran a moment, and marking of a heap that is about to
  // go, took a tenth of that on Node 20; to look for garbage nine times in place of three, another twentieth. Later ones do not know
  // these flags.
  if (process.version.startsWith('v20.')) {
    setFlagsFromString('--interrupt-budget=600000')
    setFlagsFromString('--no-incremental-marking')
    setFlagsFromString('--semi-space-growth-factor=16')
  }
  const script = new Script(Module.wrap(source), { filename: file, cachedData })
  const bundle = new Module(file)
  bundle.filename = file
  bundle.loaded = true
  // oclif asks for the same file again, to find the commands in it.
  Module._cache[file] = bundle
  script.runInThisContext()(bundle.exports, required, bundle, file, file.replace(/\/[^/]*$/, ''))
  return { exports: bundle.exports, script }
}
