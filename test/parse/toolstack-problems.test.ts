import * as assert from 'uvu/assert'
import { xendProblems, xendServers, xlConfProblems } from '../../src/parse/toolstack-problems.ts'
import { parseXendSettings } from '../../src/parse/toolstack-settings.ts'
import { describe } from '../describe.ts'

const item = { key: '', refused: '', fatal: false, meant: '' }

describe("parse: mistakes in the toolstacks' configuration", (it) => {
  it('takes a sound xl.conf', () => {
    const text =
      '# x\nautoballoon="off"\nclaim_mode=1\nvif.default.bridge="xenbr0"\nvm.cpumask="0-7"\nlockfile = "/var/lock/xl"\nmax_grant_frames="64"\n'
    assert.equal(xlConfProblems(text), [])
  })

  it('knows that a line which cannot be read stops xl', () => {
    assert.equal(xlConfProblems('\nautoballoon=off\n'), [
      { ...item, line: 2, refused: 'the value of autoballoon is neither quoted nor a number', fatal: true },
    ])
  })

  it('tells values that xl does not take', () => {
    assert.equal(
      xlConfProblems(
        'autoballoon="yes"\nclaim_mode="on"\noutput_format="xml"\ndomid_policy=["xen"]\nlockfile="x"\n',
      ).map(({ line, refused, fatal }) => [line, refused, fatal]),
      [
        [1, 'autoballoon does not know "yes"', false],
        [2, 'claim_mode takes a number: "on"', false],
        [3, 'output_format does not know "xml"', false],
        [4, 'domid_policy takes one value, not a list', false],
      ],
    )
  })

  it('names what was meant', () => {
    assert.equal(xlConfProblems('vif.default.brigde="xenbr0"\nmine="x"\n'), [
      { ...item, key: 'vif.default.brigde', line: 1, meant: 'vif.default.bridge' },
    ])
    assert.equal(xendProblems('(xend-relocation-sever yes)\n(our-own thing)\n'), [
      { ...item, key: 'xend-relocation-sever', line: 1, meant: 'xend-relocation-server' },
    ])
  })

  it('takes a sound xend-config.sxp', () => {
    const text =
      "# -*- sh -*-\n#(logfile x\n(logfile /var/log/xen/xend.log)\n(loglevel DEBUG)\n(xen-api-server ((unix none)))\n(xend-port            8000)\n(enable-dump 0)\n(network-script 'network-bridge netdev=eth0')\n(vncpasswd '')\n(dom0-cpus '0')\n"
    assert.equal(xendProblems(text), [])
    assert.equal(xendProblems(''), [])
  })

  it('knows that xend gives up on brackets, switches and numbers that are none', () => {
    assert.equal(
      xendProblems('(xend-http-server maybe)\n(dom0-min-mem 256MB)\n(loglevel info)\n').map(
        ({ line, refused, fatal }) => [line, refused, fatal],
      ),
      [
        [1, 'xend-http-server takes yes or no: "maybe"', true],
        [2, 'dom0-min-mem takes a number: "256MB"', true],
        [3, 'loglevel takes DEBUG, INFO, WARNING, ERROR or CRITICAL, in capitals: "info"', false],
      ],
    )
    assert.equal(xendProblems('(xend-port 8000)\n(vif-script vif-bridge\n'), [
      { ...item, line: 2, refused: '"(" is not closed', fatal: true },
    ])
    assert.is(xendProblems('('.repeat(100))[0]?.refused, 'it is nested too deeply')
  })

  it('knows which servers of xend are open to the network', () => {
    const open = (text: string) =>
      xendServers(parseXendSettings(text)).map((one) => [one.key, one.address, one.port, one.open])
    assert.equal(open('(xend-http-server yes)\n'), [['xend-http-server', '', 8000, true]])
    assert.equal(open("(xend-http-server Yes)\n(xend-address '127.0.0.1')\n(xend-port 8080)\n"), [
      ['xend-http-server', '127.0.0.1', 8080, false],
    ])
    assert.equal(open('(xend-tcp-xmlrpc-server yes)\n'), [['xend-tcp-xmlrpc-server', 'localhost', 8006, false]])
    assert.equal(open('(xend-http-server no)\n#(xend-tcp-xmlrpc-server yes)\n'), [])
  })
})
