import type { Report } from '../engine/report.ts'

/** The report as it is; its shape is published in report.schema.json and changes only with `version`. */
export const jsonReport = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`
