/** sos and insights name the file of an output after its command: `ls_-lanR_.sys.block`. */
export const mangled = (command: string): string =>
  command
    .replace(/^\/(usr\/)?s?bin\//, '')
    .replace(/[^\w\-./]+/g, '_')
    .replaceAll('/', '.')
    .replace(/^[ ._-]+|[ ._-]+$/g, '')

/** sos to 3.2 cut names at 64 characters; to 1.9 commands at 28, with other letters. */
export const manglings = (command: string): string[] => [
  ...new Set([
    mangled(command),
    mangled(command).slice(0, 64),
    command
      .slice(0, 28)
      .replace(/[ \t]/g, '_')
      .replaceAll('/', '.')
      .replace(/[;#$|%"'`}{\n]/g, '-'),
  ]),
]

/** XenServer's: `xl info` → xl-info.out, `ls -lR /dev` → ls-lR-%dev.out */
export function bugtoolName(command: string): string {
  const name = command.replaceAll(' ', '-').replaceAll('--', '-').replaceAll('/', '%')
  return name.includes('.') ? name : `${name}.out`
}
