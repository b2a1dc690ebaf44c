/** The lab itself could not go on: which host, and what its console said last. */
export class LabError extends Error {
  constructor(
    message: string,
    readonly lines = '',
  ) {
    super(lines ? `${message}\n${lines.trimEnd().replace(/^/gm, '    ')}` : message)
  }
}
