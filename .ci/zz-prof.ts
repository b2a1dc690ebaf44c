import { loadRules } from '/tmp/w/a/src/cli/rules.ts'
import { collect } from '/tmp/w/a/src/engine/collect.ts'
import { factSets } from '/tmp/w/a/src/facts/index.ts'
import { matrix } from '/tmp/w/a/src/migration/matrix.ts'
import { CrowdedHost } from '/tmp/w/a/.ci/crowd.ts'
const rules = await loadRules('.')
const sides: any[] = []
for (let i = 0; i < 30; i++) { const host = new CrowdedHost(`host${i}`, 10, i * 10); sides.push({ host, facts: (await collect(host, factSets)).facts }) }
const old = new Set((await import('node:fs')).readFileSync('/tmp/brief5/a-main-rules.txt','utf8').split('\n')); const only = process.env.OLD ? rules.filter((r: any) => !r.pair || old.has(r.id)) : rules
for (let round = 0; round < 2; round++) {
const t = process.cpuUsage(); let cells = 0
for (const row of matrix(sides, only, false)) cells += row.cells.length
const u = process.cpuUsage(t)
console.log(cells, 'cells', ((u.user + u.system) / 1e3 / cells).toFixed(3), 'ms cpu each')
}
