import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { KEY_BYTES_MAX } from '../../../compiler/1-load/key-lines.ts'
import { compile, type Compiled } from '../../../compiler/compile.ts'
import { AT_MS, SCHEMA_FOLDER, VALIDATORS } from '../../support/check.ts'
import { SMALL_CONFIG } from '../../support/small-config.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const CONFIG = SMALL_CONFIG.replace('  globex:\n', '  globex:\n    keysFrom: keys.ndjson\n')

const digestOf = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('hex')}`

function lineOf(id: string, members: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ id, digest: digestOf(id), scopes: ['things:read'], expires: '2099-01-01', ...members })
}

function compiled(keys: string, config = CONFIG): Promise<Compiled> {
  const cwd = temporaryFolder({ 'gateway.yaml': config, 'keys.ndjson': keys })
  return compile(join(cwd, 'gateway.yaml'), {
    schemaFolder: resolve(SCHEMA_FOLDER),
    validators: VALIDATORS,
    atMs: AT_MS,
    cwd,
  })
}

/** "file:line:column code" of each diagnostic, and what they hint. */
async function toldOf(keys: string, config = CONFIG): Promise<string[]> {
  const { diagnostics } = await compiled(keys, config)
  return diagnostics.map(({ place, code, hint }) => {
    return `${place.file}:${place.line}:${place.column} ${code}${hint === undefined ? '' : ` ${hint}`}`
  })
}

test('keys of a file are keys like those beside it, in the order of the file', async () => {
  const { files, diagnostics } = await compiled(
    `${lineOf('one')}\n\n\t${lineOf('two').replaceAll(',', ' , ')}\r\n${lineOf('three')}`,
  )
  expect(diagnostics).toEqual([])
  const table = files?.['table.ts'] ?? ''
  expect([...table.matchAll(/\{ id: "([^"]+)".*\/\/ (\S+)/g)].map(([, id, place]) => `${id} ${place}`)).toEqual([
    'reader gateway.yaml:22',
    'one keys.ndjson:1',
    'two keys.ndjson:3',
    'three keys.ndjson:4',
  ])
})

test('what is wrong in a line is told at its place, with what was meant', async () => {
  const unknownScope = lineOf('two', { scopes: ['things:raed'] })
  expect(await toldOf(`${lineOf('one')}\n${unknownScope}\n`)).toEqual([
    `keys.ndjson:2:${unknownScope.indexOf('"things:raed"') + 1} scope-unknown Did you mean "things:read"?`,
  ])
  const misspelt = lineOf('two', { expire: '2099-01-01' })
  expect(await toldOf(`${lineOf('one')}\n${misspelt}\n`)).toEqual([
    `keys.ndjson:2:${misspelt.indexOf('"expire"') + 1} config-unknown-key Did you mean "expires"?`,
  ])
  const noDigest = lineOf('two', { digest: 'sha256:12' })
  expect((await toldOf(noDigest))[0]).toMatch(`keys.ndjson:1:${noDigest.indexOf('"sha256:12"') + 1} config-wrong-form`)
  expect((await toldOf(JSON.stringify({ digest: digestOf('x') })))[0]).toMatch('keys.ndjson:1:1 config-missing-key')
  expect((await toldOf(lineOf('Two')))[0]).toMatch('keys.ndjson:1:7 config-wrong-form')
})

test('two keys of one id or of one secret are told, whichever file they stand in', async () => {
  expect(await toldOf(`${lineOf('one')}\n${lineOf('one', { digest: digestOf('two') })}\n`)).toEqual([
    'keys.ndjson:2:1 key-duplicate-id',
  ])
  const same = lineOf('two', { digest: digestOf('one') })
  expect(await toldOf(`${lineOf('one')}\n${same}\n`)).toEqual([
    `keys.ndjson:2:${same.indexOf('"sha256') + 1} digest-duplicate`,
  ])
  expect(await toldOf(lineOf('reader', { digest: digestOf('two') }))).toEqual(['keys.ndjson:1:1 key-duplicate-id'])
})

test('a name that comes twice in a line is told, and not lost', async () => {
  const twice = lineOf('one').replace('{', '{"id":"two",')
  expect(await toldOf(twice)).toEqual([`keys.ndjson:1:${twice.lastIndexOf('"id"') + 1} yaml-duplicate-name`])
  const inside = lineOf('one', { metadata: { a: '1' } }).replace('"a":"1"', '"a":"1","a":"2"')
  expect((await toldOf(`\n${inside}`))[0]).toMatch(`keys.ndjson:2:${inside.lastIndexOf('"a"') + 1} yaml-duplicate-name`)
  expect(await toldOf(lineOf('one', { metadata: { a: 'é' } }).replace('é', '\\u00e9'))).toEqual([])
})

test('a secret in a line is found and not shown', async () => {
  const secret = `ghp_${'aB3dE5fG7h'.repeat(4).slice(0, 36)}`
  const { diagnostics } = await compiled(lineOf('one', { description: secret }))
  expect(diagnostics.map(({ code }) => code)).toEqual(['secret-literal'])
  expect(JSON.stringify(diagnostics)).not.toContain(secret)
})

test.each(['[]', '1', 'null', '{"id":"one"', '"one"', `{"id":"${'x'.repeat(70_000)}"}`])(
  '%.20s is no line of a key',
  async (line) => {
    expect((await toldOf(`${lineOf('one')}\n${line}\n`)).map((told) => told.split(' ', 2).join(' '))).toEqual([
      'keys.ndjson:2:1 key-line-broken',
    ])
  },
)

test('the file is one of the config: it must be there, in its folder, and named once', async () => {
  const named = (name: string): string => CONFIG.replace('keys.ndjson', name)
  expect((await toldOf('', named('none.ndjson')))[0]).toMatch(/^gateway.yaml:\d+:\d+ file-missing/)
  const twice = `${CONFIG}  initech:\n    keysFrom: ./keys.ndjson\n`
  expect((await toldOf(lineOf('one'), twice)).map((told) => told.split(' ')[1])).toEqual(['file-included-twice'])
})

test('files of keys are bounded, one alone and all together', async () => {
  const [small, large] = [' '.repeat(KEY_BYTES_MAX / 2 + 1), ' '.repeat(KEY_BYTES_MAX + 1)]
  expect((await toldOf(large))[0]).toMatch(/^gateway.yaml:\d+:\d+ file-too-large/)
  const cwd = temporaryFolder({
    'gateway.yaml': `${CONFIG}  initech:\n    keysFrom: ./more.ndjson\n`,
    'keys.ndjson': small,
    'more.ndjson': small,
  })
  const { diagnostics } = await compile(join(cwd, 'gateway.yaml'), {
    schemaFolder: resolve(SCHEMA_FOLDER),
    validators: VALIDATORS,
    atMs: AT_MS,
    cwd,
  })
  expect(diagnostics.map(({ code }) => code)).toEqual(['files-too-large'])
})
