import type { Report } from '../engine/report.ts'

/** The report as it is, or a list of several; its shape is published in report.schema.json and changes only with `version`. */
export const jsonReport = (reports: readonly Report[]): string =>
  `${JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2)}\n`
