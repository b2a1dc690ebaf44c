import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { reportJsonSchema, reportSchema } from '../../src/reporters/report-schema.ts'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'

const published = 'src/reporters/report.schema.json'

describe('the JSON report', (it) => {
  it('has a published schema that is up to date', () => {
    assert.equal(JSON.parse(readFileSync(published, 'utf8')), JSON.parse(JSON.stringify(reportJsonSchema())))
  })

  it('is what its schema says', () => {
    const { out } = vdoctor(['check', '--from', 'fixtures/hosts/xen-dom0-broken', '--format', 'json'])
    const result = reportSchema.safeParse(JSON.parse(out))
    assert.equal(result.error?.issues ?? [], [])
  })
})
