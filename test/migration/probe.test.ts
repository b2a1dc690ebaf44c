import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { LiveHost } from '../../src/hosts/live.ts'
import { checkedAddress, portState, probe } from '../../src/migration/probe.ts'
import type { Answer, Ask } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'
import { vdoctor } from '../vdoctor.ts'

const live = new LiveHost({ probe: true })
const local = { toolstack: 'libvirt-qemu', address: '127.0.0.1', uri: 'qemu+tcp://127.0.0.1/system' } as const

/** A machine that answers commands by what it is told. */
const machine = (
  answers: (argv: readonly string[]) => { exit: number; stderr?: string } | null,
  asked: string[] = [],
) => ({
  label: 'x',
  answer: async (asks: readonly Ask[]): Promise<Answer[]> =>
    asks.map((ask): Answer => {
      const argv = (ask as { command: readonly string[] }).command
      asked.push(argv.join(' '))
      const answer = answers(argv)
      return answer === null
        ? { key: '', ms: 0, ok: false, gap: 'absent' }
        : { key: '', ms: 0, ok: true, data: { kind: 'command', stdout: '', stderr: '', ...answer } }
    }),
})

describe('trying what a migration needs', (it) => {
  it('reads what three clients say of a port', () => {
    assert.is(portState(0, 'Connection to 10.9.0.2 22 port [tcp/ssh] succeeded!'), 'open')
    for (const [said, state] of [
      ['nc: connect to 10.9.0.2 port 49152 (tcp) failed: Connection refused', 'refused'],
      ['nc: connect to 10.9.0.2 port 49152 (tcp) timed out: Operation now in progress', 'blocked'],
      ['Ncat: TIMEOUT.', 'blocked'],
      ['Ncat: No route to host.', 'blocked'],
      ['socat[7] E connect(5, AF=2 10.9.0.2:49152, 16): Connection refused', 'refused'],
      ['nc: getaddrinfo for host "hostb" port 22: Temporary failure in name resolution', null],
    ] as const)
      assert.is(portState(1, said), state, said)
  })

  it('leaves nothing in the folders of images, and sees that they are shared', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'images-'))
    try {
      const images = [`${folder}/a.img`, `${folder}/b.img`]
      const { folders } = await probe({ source: live, target: live, ...local, images })
      assert.equal(folders, { ok: true, from: [], value: [{ path: folder, shared: true }] })
      const elsewhere = machine(() => ({ exit: 2 }))
      const apart = await probe({ source: live, target: elsewhere, ...local, images })
      assert.equal((apart.folders as { value: unknown }).value, [{ path: folder, shared: false }])
      assert.equal(readdirSync(folder), [])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('removes what it made though the target breaks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'images-'))
    mkdirSync(join(folder, 'kept'))
    const broken = { label: 'x', answer: () => Promise.reject(new Error('the line broke')) }
    try {
      await probe({ source: live, target: broken, ...local, images: [`${folder}/a.img`] })
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, 'the line broke')
    }
    assert.equal(readdirSync(folder), ['kept'])
    rmSync(folder, { recursive: true })
  })

  if (needs('socat'))
    it('tells a port that listens from one that does not, with what there is', async () => {
      const server = createServer().listen(16509, '127.0.0.1')
      try {
        const { ports } = await probe({ source: live, target: live, ...local, images: [] })
        const states = (ports as unknown as { value: { port: number; state: unknown }[] }).value
        assert.equal(
          states.map(({ port, state }) => [port, state]),
          [
            [16509, 'open'],
            [49152, 'refused'],
          ],
        )
      } finally {
        server.close()
      }
    })

  it('takes the next client where one is missing, and says it where there is none', async () => {
    const asked: string[] = []
    const socatOnly = machine((argv) => (argv[0] === 'socat' ? { exit: 1, stderr: 'Connection refused' } : null), asked)
    const pair = { target: live, ...local, toolstack: 'xm', images: [] } as const
    const { ports } = await probe({ source: socatOnly, ...pair })
    assert.equal((ports as { value: unknown[] }).value, [
      { port: 8002, purpose: "xend's relocation", listens: true, state: 'refused' },
    ])
    assert.match(asked.join('\n'), /^nc .*\nncat .*\nsocat /)
    const none = await probe({ source: machine(() => null), ...pair })
    assert.match(JSON.stringify(none.ports), 'neither nc, ncat nor socat')
  })

  it('asks the toolstack as a migration would, and nobody for a password', async () => {
    const asked: string[] = []
    const refuses = machine(() => ({ exit: 255, stderr: 'x\nroot@b: Permission denied (publickey).\n' }), asked)
    const made = await probe({ source: refuses, target: live, ...local, toolstack: 'xl', address: 'b', images: [] })
    assert.is((made.refusal as { value: unknown }).value, 'root@b: Permission denied (publickey).')
    assert.is((made.answers as { value: unknown }).value, false)
    assert.match(asked.join('\n'), /^ssh -o BatchMode=yes .* b xl info$/m)
    await probe({ source: refuses, target: live, ...local, uri: 'qemu+ssh://root@b/system', images: [] })
    assert.match(asked.join('\n'), 'virsh -r -c qemu+ssh://root@b/system?no_tty=1 version')
  })

  it('takes no option for an address', () => {
    assert.is(checkedAddress('fe80::1%eth0'), 'fe80::1%eth0')
    for (const bad of ['-oProxyCommand=x', '', 'a b', 'a;b'])
      assert.throws(() => checkedAddress(bad), 'no name and no address')
  })
})

describe('the command ready --probe', (it) => {
  const hosts = ['--source', 'fixtures/hosts/kvm-host', '--target', 'fixtures/hosts/kvm-host-without-extensions']

  it('needs an address, and leaves undecided what recordings cannot try', () => {
    const { code, err } = vdoctor(['ready', 'kvm1', ...hosts, '--probe'])
    assert.is(code, 2)
    assert.match(err, '--address')
    const tried = vdoctor(['ready', 'kvm1', ...hosts, '--probe', '--address', 'host2', '--strict'])
    assert.is(tried.code, 3)
    assert.match(tried.out, 'the recording does not hold it')
  })

  it('is not asked with --matrix or --start', () => {
    assert.is(vdoctor(['ready', 'kvm1', '--source', 'fixtures/hosts/kvm-host', '--start', '--probe']).code, 2)
  })
})
