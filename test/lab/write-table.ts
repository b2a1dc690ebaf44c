/** Writes the tables of README.md anew: `npx tsx test/lab/write-table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFaults } from './fault.ts'
import { withTables } from './table.ts'

const path = join(import.meta.dirname, 'README.md')
writeFileSync(path, withTables(readFileSync(path, 'utf8'), readFaults()))
