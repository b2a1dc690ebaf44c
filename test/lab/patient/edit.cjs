// Replaces a text in a file where it stands first, as a reader of a fix would: FILE REPLACE WITH
const { readFileSync, writeFileSync } = require('node:fs')
const [file, replace, by] = process.argv.slice(2)
const text = readFileSync(file, 'utf8')
const at = text.indexOf(replace)
if (at < 0) throw new Error(`${file} does not hold ${replace}`)
writeFileSync(file, text.slice(0, at) + by + text.slice(at + replace.length))
