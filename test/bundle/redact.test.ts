import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { redact, sedExpressions } from '../../src/bundle/redact.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'

const KEY = 'q8Zx'.repeat(16)

/** A line of each form in which a secret is written down; the secret always holds "hunter2". */
const SECRET_LINES = [
  "<graphics type='vnc' port='-1' passwd='hunter2' passwdValidTo='2026-01-01T00:00:00'/>",
  '<password>hunter2</password>',
  "<secret usage='x'>hunter2</secret>",
  'vncpasswd="hunter2"',
  "vncpasswd = 'hunter2'",
  'vncpasswd=hunter2\r',
  "vfb=['vnc=1,vncpasswd=hunter2,vncunused=1']",
  'spicepasswd="a\\"hunter2"',
  'vncpasswd="hunter2',
  "(vncpasswd 'hunter2')",
  '(device (vfb (vncpasswd hunter2) (vnc 1)))',
  "['vfb', ['vncpasswd', 'hunter2'], ['vnc', '1']]",
  '"passwd": "hunter2",',
  "{'password': 'hunter2', 'a': 1}",
  '{\\"password\\": \\"hunter2\\"}',
  '  incominguser guest hunter2',
  'OutgoingUser "guest" "hunter2"',
  'incomingdiscoveryuser\ta\thunter2',
  'node.session.auth.password_in = hunter2',
  'set auth userid=a password=hunter2 mutual_password=hunter2',
  '{"chap_userid": "guest", "chap_mutual_password": "hunter2"}',
  'chap "guest" "hunter2hunter2"',
  'tgtadm --op new --mode account --user guest --password hunter2',
  'password --md5 $1$abc$hunter2hunter2hunter2aa',
  'password_pbkdf2 root grub.pbkdf2.sha512.10000.AB12.hunter2',
  'password hunter2',
  'MENU MASTER PASSWD $4$salt$hunter2',
  'root:$6$salt$hunter2hunter2hunter2hunter2hunter2:19000:0:99999:7:::',
  'userPassword: {SSHA}hunter2hunter2==',
  'rootpw --plaintext hunter2',
  'BOOT_IMAGE=/vmlinuz rd.iscsi.password=hunter2 rd.iscsi.in.password=hunter2 quiet',
  'netroot=iscsi:user:hunter2@10.0.0.1::3260::iqn.2026-01.com.example:a',
  'iscsi://user:hunter2@10.0.0.1/iqn.2026-01.com.example:a',
  'https://hunter2hunter2hunter2@git.example.com/x',
  '-object secret,id=a,format=base64,data=hunter2,,more,keyid=b',
  '-object {"qom-type":"secret","id":"masterKey0","data":"hunter2"}',
  'mysqldump -u root -phunter2 db',
  'sshpass -p hunter2 ssh root@10.0.0.1',
  'ipmitool -H 10.0.0.1 -U admin -P hunter2 power status',
  'ldapsearch -x -w hunter2 -b dc=example',
  'curl -s -u admin:hunter2 https://10.0.0.1/',
  'smbclient -U guest%hunter2 //10.0.0.1/share',
  'openssl rsa -passin pass:hunter2',
  'Environment="DB_PASSWORD=hunter2"',
  "export SECRET_KEY='hunter2'",
  'clientSecret: "hunter2"',
  'wpa-psk hunter2 hunter2',
  'psk="hunter2"',
  'WIRELESS_KEY_0=hunter2',
  'KEY=hunter2',
  'ldap_default_authtok = hunter2',
  'bindpw hunter2',
  'Nov 20 09:31:00 web1 sudo: admin : COMMAND=/usr/bin/app --password=hunter2',
  '    passwd: hunter2',
  'New password: hunter2',
  '/local/domain/1/console/vnc-pass = "hunter2"',
  'Authorization: Basic hunter2=',
  'authorization: Bearer hunter2',
  'X-Auth-Token: hunter2',
  'Cookie: session=hunter2; a=b',
  'eyJhbGciOiJIUzI1NiJ9.hunter2.hunter2',
  'using ghp_hunter2hunter2hunter2aa',
  'file=rbd:pool/a:id=admin:key=AQhunter2hunter2hunter2hunter2hunter2x==:auth_supported=cephx',
  'file=rbd:pool/a:id=admin:key=AQ1/abc/hunter2:auth_supported=cephx',
  '//srv/a /mnt cifs user=guest%hunter2,uid=0 0 0',
  'MYSQL_PWD=hunter2',
  'vncpasswd => hunter2',
  "[u'vncpasswd', u'hunter2']",
  "{u'vncpasswd': u'hunter2'}",
  'xl: vncpasswd: hunter2',
  'password:hunter2',
  '<nvpair id="x" name="passwd" value="hunter2"/>',
  "<qemu:env name='X_PASSWORD' value='hunter2'/>",
  "<entry name='opt/io.systemd.credentials/passwd.root'>hunter2</entry>",
  '-fw_cfg name=opt/io.systemd.credentials/ssh.key,string=hunter2 -m 1',
  '-smbios type=11,value=io.systemd.credential:app.conf=hunter2',
  'quiet systemd.set_credential=app.conf:hunter2 ro',
  'fence_ipmilan -a 10.0.0.1 -l admin -p hunter2 -o status',
  'xe --pwd hunter2',
  '<cookie name="session">hunter2</cookie>',
  '(qemu) set_password vnc hunter2',
  "echo 'root:hunter2' | chpasswd",
  'echo hunter2 | sudo -S reboot',
  '-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY-----',
]

/** What looks like a secret, and is none: changing it would change a verdict, or tell nothing. */
const INNOCENT = [
  '/dev/sda1 /boot ext3 rw,data=ordered 0 0',
  '//srv/a /mnt cifs credentials=/root/.smb 0 0',
  "vfb=['type=vnc,vncunused=1,vncpasswd=', 'type=vnc' ]",
  "(vncpasswd '')",
  'vncpasswd=""',
  '<graphics type="vnc" passwd=""/>',
  "<secret type='ceph' uuid='11111111-2222-3333-4444-555555555555'/>",
  "<secret ephemeral='no' private='yes'>",
  'password\trequired\tpam_unix.so sha512',
  'password   include   system-auth',
  '-drive file=/a,file.password-secret=sec0,key-secret=master',
  '"type":"password","id":"masterkey"',
  '#default_tls_x509_secret_uuid = "00000000-0000-0000-0000-000000000000"',
  'systemd-ask-password-wall.path loaded active waiting Forward Password Requests to Wall Directory Watch',
  'Failed password for root from 10.0.0.1 port 22 ssh2',
  'iscsid: CHAP authentication failed',
  'iommu=pt bypass=1 keymap=de console=ttyS0 PWD=/root key=value',
  'http://10.0.0.1:8080/path@v2',
  'kernel/arch/x86/kvm/kvm-amd.ko',
  '<target iqn.a>\n  initiator-address 192.0.2.7\n  backing-store /dev/vg0/a\n</target>\n',
]

const PEM = `one\n-----BEGIN OPENSSH PRIVATE KEY-----\n${KEY}\n${KEY}\nhunter2==\n-----END OPENSSH PRIVATE KEY-----\nafter ${KEY}\n`
const CLOUD_INIT = "Set the following 'random' passwords\nroot:hunter2\nadmin:hunter2\nend of them\na:b\n"

const bySed = (text: string, sed: readonly [string, ...string[]] = ['sed']): string =>
  execFileSync(sed[0], [...sed.slice(1), '-E', ...sedExpressions.flatMap((one) => ['-e', one])], {
    input: text,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })

describe('secrets', (it) => {
  for (const line of SECRET_LINES) {
    it(`goes: ${line.trim()}`, () => {
      const clean = redact(line)
      assert.not.match(clean, 'hunter2')
      assert.match(clean, 'REDACTED')
      assert.is(redact(clean), clean)
    })
  }

  it('stays: what only looks like one', () => {
    for (const line of INNOCENT) assert.is(redact(line), line)
  })

  it('goes: keys of many lines, and nothing behind them', () => {
    assert.not.match(redact(PEM), /q8ZxQ|hunter2|END.*q8Zx/)
    assert.match(redact(PEM), `after ${KEY}`)
    assert.not.match(redact(PEM.replaceAll('\n', '\nNov 20 06:37:00 web1 x[1]: ')), /q8ZxQ|hunter2/)
    assert.not.match(redact(PEM.split('\n').slice(2).join('\n')), new RegExp(`^${KEY}`, 'm'))
    assert.match(redact(CLOUD_INIT), /^a:b$/m)
    assert.not.match(redact(CLOUD_INIT), 'hunter2')
  })

  it('goes: base64 of a text with one, in UTF-8 and UTF-16', () => {
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const hidden = Buffer.from('$env:PASSWORD="hunter2"', encoding).toString('base64')
      assert.is(redact(`powershell -EncodedCommand ${hidden}`), 'powershell -EncodedCommand REDACTED')
    }
    assert.is(redact(`x ${Buffer.from('nothing to hide in this text').toString('base64')}`).includes('REDACTED'), false)
  })

  it('goes: arguments that NULs keep apart', () => {
    assert.not.match(redact('qemu\0--password\0hunter2\0-m\x001'), 'hunter2')
  })

  it('ends at the end of the line', () => {
    assert.is(redact('password hunter2\ntimeout 5\n'), 'password REDACTED\ntimeout 5\n')
  })

  it('is what sed makes of it in the collector', () => {
    const text = [...SECRET_LINES, ...INNOCENT, PEM, CLOUD_INIT, ''].join('\n')
    assert.fixture(bySed(text), redact(text))
    if (needs('busybox')) assert.fixture(bySed(text, ['busybox', 'sed']), redact(text))
  })

  it('is what sed makes of it, whatever the text', () => {
    const word = fc.constantFrom(
      ...SECRET_LINES,
      ...INNOCENT,
      '"',
      "'",
      ',',
      ' ',
      '=',
      '(',
      ')',
      'password',
      'REDACTED',
      '\n',
    )
    const texts = fc.sample(
      fc.array(word, { maxLength: 6 }).map((words) => words.join('')),
      { numRuns: 300, seed: 4 },
    )
    const text = `${texts.join('\n')}\n`
    assert.fixture(bySed(text), redact(text))
  })

  it('takes no longer than a line is long, whoever wrote it', () => {
    for (const unit of [
      'eyJ',
      'iscsi:',
      'secret,',
      'password',
      "password '",
      'mysql ',
      '-----BEGIN PRIVATE KEY-----',
      'A',
      ' ',
    ]) {
      const started = performance.now()
      redact(`password ${unit.repeat(500_000 / unit.length)} x`)
      assert.ok(performance.now() - started < 5_000, unit)
    }
  })
})
