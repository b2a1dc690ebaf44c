const { existsSync, readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { join } = require('node:path')
const { load } = require('./load.cjs')

/** The bundle of the installed package, loaded. */
const file = join(__dirname, '..', 'dist', 'cli.cjs')
const cache = `${file}.cache`
module.exports = {
  ...load({
    file,
    source: readFileSync(file, 'latin1'),
    cachedData: existsSync(cache) ? readFileSync(cache) : undefined,
    required: createRequire(file),
  }),
  cache,
}
