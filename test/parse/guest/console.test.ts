import * as assert from 'uvu/assert'
import { consoleOfXl, readConsole } from '../../../src/parse/guest/console.ts'
import { parseXml } from '../../../src/parse/xml.ts'
import { describe } from '../../describe.ts'

const owner = { guest: 'web1', configFile: '/etc/xen/web1' }
const xl = (text: string) => {
  const { type, source, listens, telnet } = consoleOfXl(text, owner)
  return [type, source, listens, telnet]
}
const xml = (text: string) => {
  const { type, source, target, listens, telnet, log } = readConsole(parseXml(text), owner)
  return [type, source, target, listens, telnet, log]
}

describe('consoles of guests', (it) => {
  it('are read from serial= of xl', () => {
    assert.equal(xl('pty'), ['pty', '', false, false])
    assert.equal(xl('file:/var/log/web1.log'), ['file', '/var/log/web1.log', false, false])
    assert.equal(xl('unix:/run/web1.sock,server,nowait'), ['unix', '/run/web1.sock', true, false])
    assert.equal(xl('telnet:127.0.0.1:4555,server,nowait'), ['tcp', '127.0.0.1:4555', true, true])
    assert.equal(xl('tcp:log:4555'), ['tcp', 'log:4555', false, false])
    assert.equal(xl('/dev/ttyS1'), ['/dev/ttyS1', '', false, false])
  })

  it('are read from libvirt’s XML', () => {
    assert.equal(xml("<serial type='pty'><target type='isa-serial' port='0'/></serial>"), [
      ...['pty', '', 'isa-serial', false, false, ''],
    ])
    assert.equal(
      xml(
        "<serial type='unix'><source mode='bind' path='/run/a.sock'/><log file='/var/log/a.log' append='on'/></serial>",
      ),
      ['unix', '/run/a.sock', '', true, false, '/var/log/a.log'],
    )
    assert.equal(
      xml("<serial type='tcp'><source mode='connect' host='::1' service='7'/><protocol type='telnet'/></serial>"),
      ['tcp', '::1:7', '', false, true, ''],
    )
  })
})
