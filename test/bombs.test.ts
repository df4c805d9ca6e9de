import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const CLI = resolve('dist/compiler/cli.js')
const CPU_MS_MAX = 2_000
const RSS_MIB_MAX = 256
/** Beyond it the process hangs, whatever else is running. */
const TIMEOUT_MS = 30_000

/** Runs in the command's own process, and says at its end what it took. Processor time, because machines are shared. */
const METER = `data:text/javascript,${encodeURIComponent(`process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  process.stderr.write('\\n' + JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, rssMib: maxRSS / 1024 }))
})`)}`

const HEAD = 'version: 1\ngateway: { name: acme, listen: 127.0.0.1:8080 }\n'
const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('')

interface Bomb {
  readonly name: string
  readonly yaml: () => string
  readonly code: string
}

/** Each item of a level is the whole level before it: a thousand million of them in the end. */
function aliases(): string {
  const levels = lines(8, (i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]\n`)
  return `a0: &a0 [${Array(10).fill('x').join(', ')}]\n${levels}`
}

const BOMBS: readonly Bomb[] = [
  { name: 'a thousand million aliased nodes', yaml: aliases, code: 'yaml-feature' },
  {
    name: 'lists 100 000 deep',
    yaml: () => HEAD + `scopes: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`,
    code: 'yaml-too-deep',
  },
  { name: 'mappings 100 000 deep', yaml: () => HEAD + `scopes: ${'{a: '.repeat(100_000)}1\n`, code: 'yaml-too-deep' },
  {
    name: 'block lists 100 000 deep',
    yaml: () => HEAD + `scopes:\n  ${'- '.repeat(100_000)}x\n`,
    code: 'yaml-too-deep',
  },
  {
    name: 'block mappings 2 500 deep',
    yaml: () => HEAD + lines(2_500, (i) => `${' '.repeat(i)}a:\n`),
    code: 'yaml-too-deep',
  },
  { name: 'names 100 000 deep', yaml: () => HEAD + `${'? '.repeat(100_000)}x\n`, code: 'yaml-too-deep' },
  { name: 'a scalar of 100 MB', yaml: () => HEAD + `x: ${'a'.repeat(100_000_000)}\n`, code: 'file-too-large' },
  { name: 'a scalar of 4 MB', yaml: () => HEAD + `x: ${'a'.repeat(4_000_000)}\n`, code: 'config-unknown-key' },
  { name: 'a name of 3 MB', yaml: () => HEAD + `${'a'.repeat(3_000_000)}: 1\n`, code: 'yaml-syntax' },
  {
    name: 'a million keys',
    yaml: () => HEAD + 'scopes:\n' + lines(1_000_000, (i) => `  s${i}: x\n`),
    code: 'file-too-large',
  },
  {
    name: 'all keys that fit into 4 MB',
    yaml: () => HEAD + 'scopes:\n' + lines(250_000, (i) => `  s${i}: x\n`),
    code: 'yaml-too-many-values',
  },
  { name: 'a million errors', yaml: () => lines(1_000_000, (i) => `k${i}: 1\n`), code: 'file-too-large' },
  {
    name: 'all errors that are not too many values',
    yaml: () => HEAD + lines(29_900, (i) => `k${i}: 1\n`),
    code: 'config-unknown-key',
  },
  {
    name: 'a million empty lists',
    yaml: () => HEAD + `x: [${'[],'.repeat(1_000_000)}]\n`,
    code: 'yaml-too-many-values',
  },
  { name: 'a million empty items', yaml: () => HEAD + 'x:\n' + '-\n'.repeat(1_000_000), code: 'yaml-too-many-values' },
  { name: 'a million comments', yaml: () => HEAD + '# a\n'.repeat(1_000_000), code: 'yaml-too-many-values' },
  {
    name: 'an include of itself',
    yaml: () => HEAD + 'include: [{ tenant: a, file: gateway.yaml }]\n',
    code: 'file-includes-itself',
  },
  {
    name: 'an include of a device',
    yaml: () => HEAD + 'include: [{ tenant: a, file: /dev/zero }]\n',
    code: 'file-not-regular',
  },
  {
    name: 'an include of a pipe',
    yaml: () => HEAD + 'include: [{ tenant: a, file: pipe }]\n',
    code: 'file-not-regular',
  },
  {
    name: 'thousands of includes',
    yaml: () => HEAD + 'include:\n' + lines(3_000, (i) => `  - { tenant: t${i}, file: t.yaml }\n`),
    code: 'files-too-many',
  },
  {
    name: 'includes of 4 MB each',
    yaml: () => HEAD + `include:\n${lines(9, (i) => `  - { tenant: t${i}, file: large${i}.yaml }\n`)}`,
    code: 'files-too-large',
  },
]

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keysmith-bombs-'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  writeFileSync(join(folder, 't.yaml'), 'title: T\n')
  for (let i = 0; i < 9; i++) writeFileSync(join(folder, `large${i}.yaml`), `title: T\n#${' '.repeat(4_000_000)}\n`)
})

afterAll(() => rmSync(folder, { recursive: true }))

test.each(BOMBS)('$name: refused at its place, soon and in little memory', ({ yaml, code }) => {
  writeFileSync(join(folder, 'gateway.yaml'), yaml())
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', METER, CLI, 'check'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  })
  expect(status).toBe(1)
  expect(stdout).toMatch(new RegExp(`^[a-z0-9/.]+:\\d+:\\d+ error ${code}$`, 'm'))
  // Safe: the meter writes them.
  const { cpuMs, rssMib } = JSON.parse(stderr.split('\n').at(-1) ?? '') as { cpuMs: number; rssMib: number }
  expect(cpuMs).toBeLessThan(CPU_MS_MAX)
  expect(rssMib).toBeLessThan(RSS_MIB_MAX)
})
