// Replaces a text in a file, as the reader of a fix would: in the first line that holds it and is no comment. FILE REPLACE WITH
const { readFileSync, writeFileSync } = require('node:fs')
const [file, replace, by] = process.argv.slice(2)
const lines = readFileSync(file, 'utf8').split('\n')
const at = lines.findIndex((line) => !/^\s*#/.test(line) && line.includes(replace))
if (at < 0) throw new Error(`${file} does not hold ${replace}`)
lines[at] = lines[at].replace(replace, () => by)
writeFileSync(file, lines.join('\n'))
