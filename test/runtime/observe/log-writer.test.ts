import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createLogRing, openLogRing } from '../../../runtime/observe/log-ring.ts'
import { startLogWriter } from '../../../runtime/observe/log-writer.ts'
import { StartFault } from '../../../runtime/start-faults.ts'
import { bundled } from '../../support/bundled.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const RING_BYTES = 384 + 4096
const QUICK = { periodMs: 2, retryMs: 10, closeMs: 200 }

function started(file: string, { rings = 1, ringBytes = RING_BYTES } = {}) {
  const memories = Array.from({ length: rings }, () => createLogRing(ringBytes))
  const told: string[] = []
  const writer = startLogWriter(memories, { file }, { ...QUICK, tell: (line) => told.push(line) })
  onTestFinished(() => writer.close())
  const [ring] = memories.map(openLogRing)
  if (ring === undefined) throw new Error('no ring')
  return { memories, told, writer, put: ring.put }
}

async function until(isTrue: () => boolean): Promise<void> {
  const startMs = performance.now()
  while (!isTrue()) {
    if (performance.now() - startMs > 5_000) throw new Error('this never came')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

describe('a file', () => {
  test('gets the lines of all threads, each whole and in its order', async () => {
    const file = join(temporaryFolder({ 'access.log': 'there before\n' }), 'access.log')
    const { memories, writer } = started(file, { rings: 2, ringBytes: 384 + 65_536 })
    const [one, two] = memories.map(openLogRing)
    for (let i = 0; i < 500; i++) {
      one?.put(`one ${i}`)
      two?.put(`two ${i} é`)
      if (i % 100 === 0) await writer.flush()
    }
    await writer.flush()
    const lines = readFileSync(file, 'utf8').split('\n')
    expect(lines[0]).toBe('there before')
    expect(lines.filter((line) => line.startsWith('one '))).toEqual(Array.from({ length: 500 }, (_, i) => `one ${i}`))
    expect(lines.filter((line) => line.startsWith('two '))).toEqual(Array.from({ length: 500 }, (_, i) => `two ${i} é`))
    expect(lines).toHaveLength(1002)
    expect(writer.dropped()).toBe(0)
  })

  test('is written without being asked to', async () => {
    const file = join(temporaryFolder(), 'access.log')
    const { put } = started(file)
    put('by itself')
    await until(() => readFileSync(file, 'utf8') === 'by itself\n')
  })

  test('is not for everybody to read', () => {
    const file = join(temporaryFolder(), 'access.log')
    started(file)
    expect(statSync(file).mode & 0o7).toBe(0)
  })

  test('is opened anew after it was moved away, without a line lost', async () => {
    const file = join(temporaryFolder(), 'access.log')
    const { put, told, writer } = started(file)
    put('before')
    await writer.flush()
    renameSync(file, `${file}.1`)
    put('still in the old one')
    await writer.flush()
    writer.reopen()
    put('after')
    await writer.flush()
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('before\nstill in the old one\n')
    expect([readFileSync(file, 'utf8'), told]).toEqual(['after\n', []])
  })

  test('that cannot be opened anew is told, and the one that is open goes on', async () => {
    const folder = temporaryFolder({ 'logs/access.log': '' })
    const { put, told, writer } = started(`${folder}/logs/access.log`)
    renameSync(`${folder}/logs`, `${folder}/moved`)
    writer.reopen()
    put('goes on')
    await writer.flush()
    expect(readFileSync(`${folder}/moved/access.log`, 'utf8')).toBe('goes on\n')
    expect(told).toEqual([
      expect.stringContaining('is in a folder that does not exist. The file that is open goes on.'),
    ])
    mkdirSync(`${folder}/logs`)
    writer.reopen()
    put('anew')
    await writer.flush()
    expect(readFileSync(`${folder}/logs/access.log`, 'utf8')).toBe('anew\n')
  })

  test('on a full disk is told once; lines are dropped and counted, and written again when there is room', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'access.log')
    symlinkSync('/dev/full', file)
    const { put, told, writer } = started(file)
    const line = 'x'.repeat(99)
    for (let i = 0; i < 100; i++) put(line)
    await until(() => told.length > 0)
    for (let i = 0; i < 100; i++) put(line)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(told).toEqual([expect.stringMatching(/cannot be written to ".*access\.log" \(ENOSPC\)/)])
    const dropped = writer.dropped()
    expect(dropped).toBeGreaterThan(100)
    rmSync(file)
    writer.reopen()
    await until(() => told.length > 1)
    expect(told[1]).toMatch(/again; lines lost: \d+\.$/)
    await writer.flush()
    const written = readFileSync(file, 'utf8')
    expect(written).toBe(`${line}\n`.repeat(200 - dropped))
  })

  test('that stays full does not keep the end waiting, and what is lost is told', async () => {
    const { put, told, writer } = started('/dev/full')
    put('lost')
    put('lost, too')
    await until(() => told.length > 0)
    const startMs = performance.now()
    await writer.close()
    expect(performance.now() - startMs).toBeLessThan(1_000)
    expect(writer.dropped()).toBe(2)
    expect(told[1]).toContain('before the end; lines lost: 2.')
  })
})

describe('what cannot be opened is a start fault', () => {
  const faultOf = (file: string) => {
    try {
      started(file)
    } catch (error) {
      expect(error).toBeInstanceOf(StartFault)
      return String(error)
    }
    throw new Error('it was opened')
  }

  test('a folder that is missing', () => {
    expect(faultOf(join(temporaryFolder(), 'nowhere/access.log'))).toContain('is in a folder that does not exist.')
  })

  test('a folder', () => {
    expect(faultOf(temporaryFolder())).toContain('is a folder.')
  })

  test('a named pipe that nobody reads, without waiting for a reader', () => {
    const pipe = join(temporaryFolder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(faultOf(pipe)).toContain('that nobody reads.')
  })
})

test('a log that is off takes nothing and needs nothing', async () => {
  const writer = startLogWriter([], 'off', { tell: () => undefined })
  writer.reopen()
  await writer.flush()
  await writer.close()
  expect(writer.dropped()).toBe(0)
})

test('a named pipe whose reader leaves is told once, and goes on with the next reader', async () => {
  const pipe = join(temporaryFolder(), 'pipe')
  execFileSync('mkfifo', [pipe])
  const first = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  const { put, told, writer } = started(pipe)
  put('to the first')
  await writer.flush()
  closeSync(first)
  put('to nobody')
  await until(() => told.length > 0)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(told).toEqual([expect.stringContaining('(EPIPE)')])
  const second = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  onTestFinished(() => closeSync(second))
  put('to the second')
  await until(() => told.length > 1)
  expect(told[1]).toContain('again; lines lost: 1.')
  const heard = Buffer.alloc(100)
  expect(heard.toString('utf8', 0, readSync(second, heard))).toBe('to the second\n')
})

const CHILD = `
const [ringModule, writerModule, mode] = process.argv.slice(1)
const { createLogRing, openLogRing } = await import(ringModule)
const { startLogWriter } = await import(writerModule)
const memory = createLogRing()
const ring = openLogRing(memory)
const tell = (line) => process.stderr.write('told: ' + line + '\\n')
const writer = startLogWriter([memory], 'stdout', { tell, periodMs: 2, retryMs: 10, closeMs: 200 })
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
let late = 0
for (let i = 0; i < 4000; i++) {
  ring.put(String(i).padStart(4, '0') + 'x'.repeat(400))
  if (i % 500 === 499) {
    const startMs = performance.now()
    await pause(5)
    late = Math.max(late, performance.now() - startMs)
  }
}
process.stderr.write('late: ' + Math.round(late) + '\\n')
if (mode === 'flush') await writer.flush()
if (mode === 'pause') await pause(300)
await writer.close()
process.stderr.write('dropped: ' + writer.dropped() + '\\n')
process.exit(0)
`

function child(mode: string, stdout: 'pipe' | number): ChildProcess {
  const modules = ['runtime/observe/log-ring.ts', 'runtime/observe/log-writer.ts'].map(bundled)
  const args = ['--input-type=module', '-e', CHILD, '--', ...modules, mode]
  return spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe'] })
}

async function ended(process: ChildProcess): Promise<{ readonly exit: number | null; readonly stderr: string }> {
  let stderr = ''
  process.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const told = new Promise((resolve) => process.stderr?.once('end', resolve))
  const exit = await new Promise<number | null>((resolve) => process.once('exit', resolve))
  await told
  return { exit, stderr }
}

const numberIn = (text: string, name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(text)?.[1])

describe('standard output', () => {
  test('that is a pipe gets every line whole', async () => {
    const process = child('flush', 'pipe')
    const heard: Buffer[] = []
    process.stdout?.on('data', (bytes: Buffer) => heard.push(bytes))
    const complete = new Promise((resolve) => process.stdout?.once('end', resolve))
    const { exit, stderr } = await ended(process)
    await complete
    const lines = Buffer.concat(heard).toString().split('\n')
    expect([exit, numberIn(stderr, 'dropped'), lines.length]).toEqual([0, 0, 4001])
    expect(lines.slice(0, -1).every((line, i) => line === String(i).padStart(4, '0') + 'x'.repeat(400))).toBe(true)
  })

  test('that is a file gets every line', async () => {
    const file = join(temporaryFolder(), 'out')
    const descriptor = openSync(file, 'w')
    const { exit } = await ended(child('flush', descriptor))
    closeSync(descriptor)
    expect([exit, readFileSync(file).length]).toEqual([0, 4000 * 405])
  })

  test('that nobody reads holds up neither the loop nor the end', async () => {
    const startMs = performance.now()
    const process = child('close', 'pipe')
    process.stdout?.pause()
    const { exit, stderr } = await ended(process)
    expect(exit).toBe(0)
    expect(numberIn(stderr, 'late')).toBeLessThan(1_000)
    expect(numberIn(stderr, 'dropped')).toBeGreaterThan(3_000)
    expect(stderr).toContain(
      'told: The access log was not written whole to standard output before the end; lines lost: ',
    )
    expect(performance.now() - startMs).toBeLessThan(5_000)
  })

  test('whose reader left is told once and ends nothing', async () => {
    const process = child('pause', 'pipe')
    process.stdout?.destroy()
    const { exit, stderr } = await ended(process)
    expect(exit).toBe(0)
    expect(stderr.match(/told: The access log cannot be written/g)).toHaveLength(1)
    expect(numberIn(stderr, 'dropped')).toBe(4_000)
  })
})
