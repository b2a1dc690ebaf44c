import { locate } from '../../evidence/locate.ts'
import { at, type GuestGraphics } from '../guest/guest.ts'
import { parseVfb } from './vif.ts'

/** One entry of a list in a Xen file. */
export interface XlEntry {
  readonly text: string
  readonly line: number
}

/** How to ask a guest's file for what it says. */
export interface XlReader {
  readonly guest: string
  readonly configFile: string
  text(key: string): string
  on(key: string): boolean
  list(key: string): XlEntry[]
  line(key: string): number
}

/** `vnc=1` and `vnclisten="0.0.0.0"` of an HVM guest, `vfb=['vnc=1,vnclisten=127.0.0.1']` of others. */
export function readXlGraphics(file: XlReader) {
  const item = { guest: file.guest, configFile: file.configFile }
  const problems: (XlEntry & { readonly problem: string })[] = []
  const own = (['vnc', 'spice'] as const)
    .filter((type) => file.on(type))
    .map((type): GuestGraphics => {
      const listen = type === 'vnc' ? file.text('vnclisten') : file.text('spicehost')
      const password = (type === 'vnc' ? file.text('vncpasswd') : file.text('spicepasswd')) !== ''
      const graphics = { ...item, type, listen: hostOf(listen), port: null, password }
      return locate(graphics, at(file.configFile, file.line(type)))
    })
  const buffers = file.list('vfb').flatMap(({ text, line }): GuestGraphics[] => {
    const { values, problem } = parseVfb(text)
    if (problem !== '') problems.push({ text, line, problem })
    const { vnc, type = 'vnc', vnclisten = '', vncpasswd } = values
    if (vnc === '0' || type !== 'vnc' || (vnc === undefined && !values['type'])) return []
    const graphics = { ...item, type, listen: hostOf(vnclisten), port: null, password: !!vncpasswd }
    return [locate(graphics, at(file.configFile, line))]
  })
  return { graphics: [...own, ...buffers], problems }
}

/** `0.0.0.0:1` names a display too. */
const hostOf = (listen: string): string => listen.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
