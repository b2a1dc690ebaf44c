/**
 * A check over ssh where the way takes 200 ms: it may cost what `ssh HOST true` costs, five round trips, and what it takes without
 * any delay. sshd is a real one of our own; a proxy holds each byte back for 100 ms. `npx tsx .ci/bench-ssh.ts` after a build;
 * exits with 1 where a limit is passed.
 */
import { spawn } from 'node:child_process'
import { connect, createServer, type Socket } from 'node:net'
import { freePort, Sshd } from '../test/hosts/sshd.ts'

const RUNS = 5
const ONE_WAY_MS = 100
const ROUND_TRIPS = 5

/** Bytes that went up and down. */
const moved = { up: 0, down: 0 }

function later(from: Socket, to: Socket, ms: number, count: (bytes: number) => void): void {
  from.on('data', (piece) => {
    count(piece.length)
    if (ms === 0) to.write(piece)
    else setTimeout(() => to.writable && to.write(piece), ms)
  })
  from.on('close', () => setTimeout(() => to.destroy(), ms))
  from.on('error', () => undefined)
}

async function proxy(target: number, ms: number): Promise<{ port: number; close: () => void }> {
  const port = await freePort()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true })
    later(near, far, ms, (bytes) => (moved.up += bytes))
    later(far, near, ms, (bytes) => (moved.down += bytes))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { port, close: () => void server.close() }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

function milliseconds(argv: readonly string[]): Promise<number> {
  const started = process.hrtime.bigint()
  const child = spawn(argv[0]!, argv.slice(1), { stdio: 'ignore' })
  return new Promise((resolve, reject) =>
    child.on('close', (code) =>
      code === 0
        ? resolve(Number(process.hrtime.bigint() - started) / 1e6)
        : reject(new Error(`${argv.join(' ')}: ${code}`)),
    ),
  )
}

const sshd = await Sshd.start()
const [near, far] = [await proxy(sshd.port, 0), await proxy(sshd.port, ONE_WAY_MS)]
const addresses = [near, far].map(({ port }, index) =>
  sshd.host(`bench${index}`, '', [
    `Port ${port}`,
    'HostKeyAlias bench',
    'UserKnownHostsFile /dev/null',
    'StrictHostKeyChecking no',
  ]),
)
const [login, check] = [
  (address: string) => ['ssh', '-o', 'LogLevel=ERROR', address.replace('ssh://', ''), 'true'],
  (address: string) => [process.execPath, 'bin/vdoctor.cjs', 'check', '--fail-on', 'never', '--from', address],
]
const commands = addresses.flatMap((address) => [login(address), check(address)])
const times: number[][] = commands.map(() => [])
let bytes = { up: 0, down: 0 }
for (let round = -1; round < RUNS; round++)
  for (const [index, argv] of commands.entries()) {
    Object.assign(moved, { up: 0, down: 0 })
    const took = await milliseconds(argv)
    if (round >= 0) times[index]!.push(took)
    if (index === commands.length - 1) bytes = { ...moved }
  }
near.close()
far.close()
sshd.stop()

const [loginNear, checkNear, loginFar, checkFar] = times.map(median) as [number, number, number, number]
const rtt = 2 * ONE_WAY_MS
const limit = loginFar + ROUND_TRIPS * rtt + (checkNear - loginNear)
const trips = (checkFar - checkNear - (loginFar - loginNear)) / rtt
const ms = (value: number): string => `${value.toFixed(0).padStart(6)} ms`
console.log(`ssh true, no delay         ${ms(loginNear)}`)
console.log(`check over ssh, no delay   ${ms(checkNear)}`)
console.log(`ssh true, ${rtt} ms          ${ms(loginFar)}   ${((loginFar - loginNear) / rtt).toFixed(1)} round trips`)
console.log(
  `check over ssh, ${rtt} ms    ${ms(checkFar)}   ${trips.toFixed(1)} round trips more than that, ${(bytes.up / 1024).toFixed(0)} KiB up, ${(bytes.down / 1024).toFixed(0)} KiB down`,
)
console.log(`limit                      ${ms(limit)}   ${checkFar <= limit ? 'within' : 'OVER'}`)
process.exit(checkFar <= limit ? 0 : 1)
