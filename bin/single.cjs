const { createRequire } = require('node:module')
const { getAsset, getRawAsset } = require('node:sea')
const { load } = require('./load.cjs')

/**
 * The single executable: everything that an installed vdoctor has in files is inside, and nothing is unpacked. A name with a slash
 * stands in for the bundle's; no such file is ever opened.
 */
const file = '/vdoctor/dist/cli.cjs'
const text = (name) => getAsset(name, 'utf8')
const bytes = (name) => Buffer.from(getRawAsset(name))
const builtin = createRequire(file)
const loaded = new Map()

function required(id) {
  const rare = /^\.\/(rare\/[\w-]+\.cjs)$/.exec(id)?.[1]
  if (rare === undefined) return builtin(id)
  if (!loaded.has(rare)) loaded.set(rare, load({ file: `/vdoctor/dist/${rare}`, source: text(rare), required }).exports)
  return loaded.get(rare)
}

const { exports: cli } = load({ file, source: text('cli.cjs'), cachedData: bytes('cli.cjs.cache'), required })
cli.single(JSON.parse(text('package.json')), JSON.parse(text('oclif.manifest.json')), bytes)
