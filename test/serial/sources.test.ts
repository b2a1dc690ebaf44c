import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, closeSync, existsSync, openSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { factsFromTest } from '../../src/engine/fact-values.ts'
import { factSets } from '../../src/facts/index.ts'
import { holderOf } from '../../src/serial/guard.ts'
import { commandSource } from '../../src/serial/sources/command.ts'
import { fileSource } from '../../src/serial/sources/file.ts'
import { addressOf, socketSource } from '../../src/serial/sources/socket.ts'
import type { Source } from '../../src/serial/sources/source.ts'
import { TelnetDecoder } from '../../src/serial/sources/telnet.ts'
import { terminalSource } from '../../src/serial/sources/terminal.ts'
import { UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { needs } from '../needs.ts'

/** What a source says until it ends, or says `until`. */
async function said(source: Source, until?: string): Promise<{ text: string; why: string }> {
  const { bytes, close } = await source.open()
  let text = ''
  return new Promise((resolve) => {
    const done = (why: string): void => {
      close()
      resolve({ text, why })
    }
    bytes.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (until !== undefined && text.includes(until)) done('heard')
    })
    bytes.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
    bytes.on('end', () => done('end'))
  })
}
const refused = async (source: Source): Promise<UserError> => {
  try {
    await source.open()
  } catch (error) {
    assert.instance(error, UserError)
    return error as UserError
  }
  throw new Error(`${source.what} was opened`)
}
async function listening(onConnection: (socket: Socket) => void, where: string | number): Promise<Server> {
  const server = createServer(onConnection)
  await new Promise<void>((resolve) => server.listen(where as number, '127.0.0.1', resolve).on('listening', resolve))
  return server
}
async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await sleep(20)
  assert.ok(condition())
}

describe('sources of console bytes', (it) => {
  it('sockets: unix and TCP', async () => {
    const path = join(folderWith({}), 'web1.sock')
    const server = createServer((socket) => socket.end('hello\r\n\u0000\xff'.slice(0, 8)))
    await new Promise<void>((resolve) => server.listen(path, resolve))
    assert.equal(await said(socketSource('a', path, false)), { text: 'hello\r\n\u0000', why: 'end' })
    server.close()
    const tcp = await listening((socket) => socket.end('tcp'), 0)
    const { port } = tcp.address() as { port: number }
    assert.is((await said(socketSource('a', `127.0.0.1:${port}`, false))).text, 'tcp')
    tcp.close()
    await sleep(10)
    assert.match((await refused(socketSource('a', `127.0.0.1:${port}`, false))).message, 'ECONNREFUSED')
    assert.match((await refused(socketSource('a', '/nonexistent/a.sock', false))).hint!, 'comes with the guest')
  })

  it('addresses: with names, with colons, and those that are none', () => {
    assert.equal(addressOf('web1:4555'), { host: 'web1', port: 4555 })
    assert.equal(addressOf('[::1]:4555'), { host: '::1', port: 4555 })
    for (const wrong of ['web1', 'web1:99999', '::1:23', '']) assert.throws(() => addressOf(wrong), /neither a path/)
  })

  it('telnet: takes commands out wherever they are cut, and answers each option once', () => {
    const stream = Buffer.from([
      255, 251, 1, 104, 105, 255, 255, 33, 255, 253, 24, 255, 250, 24, 1, 65, 255, 255, 255, 240, 255, 251, 1, 255, 241,
      46,
    ])
    for (let cut = 0; cut <= stream.length; cut++) {
      const answers: number[] = []
      const decoder = new TelnetDecoder((answer) => answers.push(...answer))
      const data: Buffer[] = []
      decoder.on('data', (chunk: Buffer) => data.push(chunk))
      decoder.write(stream.subarray(0, cut))
      decoder.write(stream.subarray(cut))
      decoder.end()
      assert.equal([...Buffer.concat(data)], [104, 105, 255, 33, 46], `cut at ${cut}`)
      assert.equal(answers, [255, 253, 1, 255, 252, 24])
    }
  })

  it('files: from the end on, through being cut short and replaced', async () => {
    const path = join(folderWith({ log: 'old\n' }), 'log')
    const source = fileSource('a', path, false)
    const first = said(source, 'new\n')
    await sleep(50)
    appendFileSync(path, 'new\n')
    assert.is((await first).text, 'new\n')
    const cut = said(fileSource('a', path, true))
    await sleep(50)
    truncateSync(path, 0)
    assert.equal(await cut, { text: 'old\nnew\n', why: 'it was cut short' })
    const moved = said(fileSource('a', path, true))
    await sleep(50)
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'next\n')
    assert.is((await moved).why, 'it was moved away or replaced')
    assert.is((await said(source, 'next\n')).text, 'next\n')
    assert.match((await refused(fileSource('a', '/nonexistent/log', false))).message, 'ENOENT')
    assert.match((await refused(fileSource('a', '/dev/null', false))).message, 'is no file')
  })

  it('commands: as they are, and on a terminal of their own where they demand one', async () => {
    const plain = await said(commandSource('a', ['sh', '-c', 'test -t 1 || echo no terminal; echo err >&2; exit 3']))
    assert.equal(plain.text.split('\n').sort(), ['', 'err', 'no terminal'])
    assert.is(plain.why, 'it ended with 3')
    assert.match((await refused(commandSource('a', ['/nonexistent/program']))).message, 'not found')
    if (!needs('script')) return
    const hostile = `a'b"c $(touch /tmp/vdoctor-owned) ;d`
    const { text } = await said(
      commandSource('a', ['sh', '-c', 'test -t 0 && test -t 1 && echo "terminal: $1"', 'sh', hostile], true),
    )
    assert.is(text, `terminal: ${hostile}\r\n`)
    assert.not.ok(existsSync('/tmp/vdoctor-owned'))
  })

  it('commands: what they started ends with them', async () => {
    const source = commandSource('a', ['sh', '-c', 'echo $$; sleep 1000'])
    const { text } = await said(source, '\n')
    await until(() => spawnSync('kill', ['-0', text.trim()]).status !== 0)
  })

  it('pseudo-terminals, by socat: raw bytes, and the end of the other side', async () => {
    if (!needs('socat')) return
    const folder = folderWith({})
    const [link, sock] = [join(folder, 'pty'), join(folder, 'sock')]
    const socat = spawn('socat', [`PTY,link=${link}`, `UNIX-LISTEN:${sock}`], { stdio: 'ignore' })
    await until(() => existsSync(link) && existsSync(sock))
    const heard = said(terminalSource('a', link))
    await sleep(50)
    const all = Buffer.from([...Array(256).keys()])
    const writer = await import('node:net').then(({ connect }) => connect(sock))
    writer.write(all)
    await sleep(100)
    socat.kill()
    const { text, why } = await heard
    assert.ok(Buffer.from(text, 'latin1').equals(all))
    assert.ok(['EIO', 'end'].includes(why), why)
    writer.destroy()
    assert.match((await refused(terminalSource('a', link))).message, 'ENOENT')
    assert.match((await refused(terminalSource('a', '/etc/passwd'))).hint!, '--file')
  })

  it('telnet, by a real ser2net', async () => {
    if (!needs('socat') || !needs('ser2net')) return
    const folder = folderWith({})
    const [link, sock] = [join(folder, 'pty'), join(folder, 'sock')]
    const socat = spawn('socat', [`PTY,link=${link},raw,echo=0`, `UNIX-LISTEN:${sock}`], { stdio: 'ignore' })
    await until(() => existsSync(link) && existsSync(sock))
    const free = await listening(() => undefined, 0)
    const { port } = free.address() as { port: number }
    free.close()
    const config = join(folder, 'ser2net.yaml')
    writeFileSync(
      config,
      `connection: &c\n  accepter: telnet,tcp,127.0.0.1,${port}\n  connector: serialdev,${link},9600n81,local\n`,
    )
    const server = spawn('ser2net', ['-n', '-c', config], { stdio: 'ignore' })
    try {
      const source = socketSource('a', `127.0.0.1:${port}`, true)
      let heard: Promise<{ text: string }> | undefined
      for (let tries = 0; !heard && tries < 100; tries++) {
        await sleep(50)
        const probe = await source.open().catch(() => null)
        if (!probe) continue
        probe.close()
        await sleep(200)
        heard = said(source, 'END')
      }
      await sleep(300)
      const writer = await import('node:net').then(({ connect }) => connect(sock))
      writer.write(Buffer.from([65, 255, 0, 13, 10, 255, 255, 251, 1]))
      writer.write('END')
      const { text } = await heard!
      assert.ok(Buffer.from(text, 'latin1').equals(Buffer.from([65, 255, 0, 13, 10, 255, 255, 251, 1, 69, 78, 68])))
      writer.destroy()
    } finally {
      server.kill()
      socat.kill()
    }
  })
})

describe('who holds a serial port', (it) => {
  const facts = (given: Record<string, unknown>) => factsFromTest(given, factSets)

  it('is asked before it is opened', () => {
    const none = facts({ console: { active: ['tty0'], gettyDevices: ['tty1'] }, xen: { consoles: ['vga'] } })
    assert.is(holderOf('/dev/ttyS0', none), null)
    assert.match(holderOf('/dev/ttyS0', facts({ console: { active: ['ttyS0'] } }))!, 'the kernel writes its console')
    assert.match(holderOf('/dev/ttyS1', facts({ console: { gettyDevices: ['ttyS1'] } }))!, 'a getty')
    assert.match(
      holderOf('/dev/ttyS0', facts({ xen: { consoles: ['com1', 'vga'] } }))!,
      'Xen writes its console to com1',
    )
    assert.is(holderOf('/dev/ttyS1', facts({ xen: { consoles: ['com1'] } })), null)
    assert.match(holderOf('/dev/ttyS1', facts({ xen: { consoles: ['com2H'] } }))!, 'com2')
  })

  it('names a process that has it open', async () => {
    const path = join(folderWith({ 'tty-test': '' }), 'tty-test')
    const fd = openSync(path, 'r')
    assert.is(holderOf(path, facts({})), null)
    const child = spawn('sleep', ['100'], { stdio: [fd, 'ignore', 'ignore'] })
    closeSync(fd)
    await until(() => holderOf(path, facts({})) !== null)
    assert.match(holderOf(path, facts({}))!, /^sleep \(process \d+\) has it open$/)
    child.kill()
  })
})
