import * as assert from 'uvu/assert'
import { redact } from '../../src/bundle/redact.ts'
import { describe } from '../describe.ts'

describe('bundle: secrets', (it) => {
  it('keeps no password of an iSCSI target', () => {
    assert.is(
      redact('  incominguser guest hunter2\n\toutgoinguser\thost\thunter2\nincomingdiscoveryuser a hunter2\n'),
      '  incominguser guest REDACTED\n\toutgoinguser\thost\tREDACTED\nincomingdiscoveryuser a REDACTED\n',
    )
    assert.is(
      redact('{"chap_userid": "guest", "chap_password": "hunter2", "chap_mutual_password": "hunter2"}'),
      '{"chap_userid": "guest", "chap_password": "REDACTED", "chap_mutual_password": "REDACTED"}',
    )
    assert.is(
      redact('tgtadm --op new --mode account --user guest --password hunter2\n'),
      'tgtadm --op new --mode account --user guest --password REDACTED\n',
    )
  })

  it('ends at the end of the line, as the collector does', () => {
    assert.is(redact('password hunter2\ntimeout 5\n'), 'password REDACTED\ntimeout 5\n')
  })

  it('leaves alone what is none', () => {
    const text = '<target iqn.a>\n  initiator-address 192.0.2.7\n  backing-store /dev/vg0/a\n</target>\n'
    assert.is(redact(text), text)
  })
})
