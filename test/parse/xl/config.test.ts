import * as assert from 'uvu/assert'
import { parseXlConfig } from '../../../src/parse/xl/config.ts'
import { describe } from '../../describe.ts'

const text = (config: ReturnType<typeof parseXlConfig>, key: string): unknown => {
  const value = config.settings.get(key)
  return value?.kind === 'list' ? value.items.map((item) => (item.kind === 'list' ? [] : item.text)) : value?.text
}

describe('parse: xl-config', (it) => {
  it('reads text, numbers and lists over several lines', () => {
    const config = parseXlConfig(
      `name = "web1"\nmemory=512 # MB\nvcpus = '2'\ndisk = [ 'phy:/dev/vg0/web1,xvda,w',\n  # the second\n  "file:/srv/a.img,xvdb,w",\n]\n`,
    )
    assert.equal(config.errors, [])
    assert.is(text(config, 'name'), 'web1')
    assert.is(text(config, 'memory'), '512')
    assert.equal(text(config, 'disk'), ['phy:/dev/vg0/web1,xvda,w', 'file:/srv/a.img,xvdb,w'])
    assert.is(config.settings.get('disk')!.line, 4)
  })

  it('takes the last of two values, as xl does', () => {
    assert.is(text(parseXlConfig("kernel='/boot/vmlinuz'\nkernel='/boot/nosuch'\n"), 'kernel'), '/boot/nosuch')
  })

  it('adds what += adds', () => {
    assert.equal(text(parseXlConfig("vif=['bridge=a']\nvif+=['bridge=b']\n"), 'vif'), ['bridge=a', 'bridge=b'])
    assert.is(text(parseXlConfig('extra="a"\nextra+=" b"\n'), 'extra'), 'a b')
  })

  it('ends a line at a semicolon and joins one at a backslash', () => {
    const config = parseXlConfig('memory=1;vcpus=2\nname=\\\n"x"\r\n')
    assert.equal([text(config, 'memory'), text(config, 'vcpus'), text(config, 'name')], ['1', '2', 'x'])
  })

  it('says where a quote is not closed, and goes on', () => {
    const config = parseXlConfig('name="web1\nmemory=512\n')
    assert.equal(config.errors, [
      { line: 1, message: 'a value cannot begin with a quote that is not closed', python: false },
    ])
    assert.is(text(config, 'memory'), '512')
  })

  it('misses a comma between two entries', () => {
    const [error] = parseXlConfig("disk=['a' 'b']\n").errors
    assert.match(error!.message, /comma is missing/)
    assert.is(error!.python, false)
  })

  it('finds a bracket that is not closed', () => {
    assert.match(parseXlConfig("vif=['a',\nmemory=5\n").errors[0]!.message, /comma is missing|not closed/)
    assert.match(parseXlConfig("vif=['a',").errors[0]!.message, /"\[" is not closed/)
  })

  it('knows the Python that xm runs from a mistake', () => {
    const python = (line: string): boolean => parseXlConfig(`${line}\n`).errors.every((error) => error.python)
    assert.ok(python('import os, re'))
    assert.ok(python("if os.uname()[0] == 'Linux':"))
    assert.ok(python('kernel = dir + "/vmlinuz"'))
    assert.ok(python('localtime = True'))
    assert.not(python("name = 'web1"))
    assert.is(parseXlConfig('localtime = True\n').errors.length, 1)
  })

  it('calls an unquoted word no Python where it cannot be a variable', () => {
    assert.equal(
      parseXlConfig('name = web1\n').errors.map(({ python }) => python),
      [false],
    )
    assert.equal(
      parseXlConfig("domain = 'web1'\nname = domain\n").errors.map(({ python }) => python),
      [true],
    )
  })

  it('ends whatever it is given', () => {
    for (const noise of ['', '\0\u0001', '[[[[', '= = =', 'a=[', "'", 'a=b=c', '\\', '#', 'ä = "ö"'])
      parseXlConfig(noise.repeat(50))
  })
})
