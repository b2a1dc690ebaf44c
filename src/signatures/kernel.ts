/** The scanner's machine code, ready to be given its memory; `scan.wat` says what the functions do. */
export interface Kernel {
  readonly memory: ArrayBuffer
  scan(steps: number, stride: number, cap: number): void
  newlines(from: number, to: number): number
  line(at: number): number
}

/** What of WebAssembly is used; Node's types leave it to the browser's. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: Omit<Kernel, 'memory'> }
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer }
}

const PAGE = 1 << 16

/** Gives `scan.wasm`, which the build makes of `scan.wat`, so many bytes of memory. */
export function loadKernel(wasm: Uint8Array, bytes: number): Kernel {
  const { Module, Instance, Memory } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly
  const memory = new Memory({ initial: Math.ceil(bytes / PAGE) })
  const { exports } = new Instance(new Module(wasm), { env: { memory } })
  return { memory: memory.buffer, scan: exports.scan, newlines: exports.newlines, line: exports.line }
}
