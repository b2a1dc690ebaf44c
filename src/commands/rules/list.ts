import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'
import { rulesFlag } from '../../cli/flags.ts'
import { loadRules } from '../../cli/rules.ts'
import { select } from '../../engine/select.ts'

export default class RulesList extends BaseCommand {
  static override summary = 'List the rules'
  static override flags = {
    only: Flags.string({ multiple: true, summary: 'Only these rules, areas or tags', helpValue: 'NAME' }),
    rules: rulesFlag,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(RulesList)
    const rules = select(await loadRules(this.config.root, flags.rules), flags.only ?? [], [])
    const { default: Table } = await import('cli-table3')
    const bare = {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: ' ',
    }
    const table = new Table({ chars: bare, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 } })
    for (const { id, area, severity, title } of rules) table.push([area, severity, id, title])
    this.print(`${table.toString()}\n${rules.length} rules`)
  }
}
