import { BaseCommand } from '../../cli/base.ts'
import { loadRules } from '../../cli/rules.ts'
import { shippedText } from '../../cli/shipped-files.ts'
import { type Coverage, sections } from '../../engine/coverage.ts'
import { coverageText } from '../../reporters/coverage.ts'

export default class RulesCoverage extends BaseCommand {
  static override summary =
    'List per document and section which rules encode it, and which statements no program can check'

  async run(): Promise<void> {
    await this.parse(RulesCoverage)
    const rules = await loadRules(this.config.root)
    const coverage = JSON.parse(shippedText(this.config.root, 'coverage.json')) as Coverage
    this.print(coverageText(sections(rules), coverage))
  }
}
