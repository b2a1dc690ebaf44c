/** Colours and cursor movements of a terminal: `\u001b[0;32m  OK  \u001b[0m` → `  OK  `. */
export const withoutEscapes = (line: string): string => (line.includes('\u001b') ? line.replace(ESCAPES, '') : line)

const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g
