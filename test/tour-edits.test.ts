import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RawConfig } from '../compiler/1-load/load.ts'
import type { Source } from '../compiler/1-load/source.ts'
import { validate } from '../compiler/2-validate/validate.ts'
import { link } from '../compiler/3-link/link.ts'
import { check } from '../compiler/4-check/check.ts'
import { collectProblems, segmentsOf, type Pointer, type Problem } from '../compiler/diagnostics/report.ts'
import { AT_MS, VALIDATORS } from './support/check.ts'
import { membersIn, misspell, withoutMember, withRenamed } from './support/edits.ts'

const FOLDER = 'test/tables/tour'
const TENANT_FILE = '/include/0/file'
const SCHEMA = '/apis/orders/routes/POST ~1/body'

const TOUR: RawConfig = {
  root: parse(readFileSync(`${FOLDER}/gateway.yaml`, 'utf8')),
  keyLines: new Map(),
  files: new Map([
    [TENANT_FILE, parse(readFileSync(`${FOLDER}/tenants/initech.yaml`, 'utf8'))],
    [SCHEMA, JSON.parse(readFileSync(`${FOLDER}/order.schema.json`, 'utf8'))],
  ]),
  sources: [TENANT_FILE, SCHEMA].map((root): Source => ({
    name: root,
    path: root,
    text: '',
    root,
    document: null,
    lines: null,
  })),
  paths: [],
}
const MEMBERS = [...membersIn(TOUR.root), ...membersIn(TOUR.files.get(TENANT_FILE), TENANT_FILE)]
/** Without its file there are no comments: what these allow is told each time, and says nothing of the edit. */
const ALLOWED = 'path-parameter-unbound'

/** Sections whose absence is felt in several places, each of its own. */
const FELT_IN_SEVERAL_PLACES = [
  'without /upstreams',
  'without /scopes',
  'without /roles',
  'without /plans',
  'without /apis',
  // A scope that no route asks for is another thing than a route that asks for none.
  'without /apis/operations/routes/GET ~1stats/scope',
]

const EDITS = MEMBERS.flatMap((pointer) => {
  const name = segmentsOf(pointer).at(-1) ?? ''
  return [
    { edit: `without ${pointer}`, texts: textsOf(change(pointer, withoutMember, '')) },
    { edit: `misspelt ${pointer}`, texts: textsOf(change(pointer, withRenamed, misspell(name))) },
  ]
})

test('what each edit of the tour gives is as it was reviewed', async () => {
  const lines = EDITS.flatMap(({ edit, texts }) => texts.map((text) => `${edit}: ${text}`))
  await expect(lines.join('\n') + '\n').toMatchFileSnapshot('tables/tour/edits.txt')
})

test('one mistake gives one diagnostic at the most', () => {
  expect(EDITS.filter(({ texts }) => texts.length > 1).map(({ edit }) => edit)).toEqual(FELT_IN_SEVERAL_PLACES)
})

function textsOf(raw: RawConfig): string[] {
  const list = collectProblems()
  const config = validate(raw, VALIDATORS, list.report)
  const linked = config === null || list.hasErrors() ? null : link(config, list.report)
  if (linked !== null && !list.hasErrors()) check(linked, { raw, atMs: AT_MS }, list.report)
  return list
    .problems()
    .filter(({ code }) => code !== ALLOWED)
    .map(textOf)
}

function textOf({ code, where }: Problem): string {
  if (typeof where === 'string') return `${code} at ${where}`
  return `${code} at ${'key' in where ? `name ${where.key}` : 'value' in where ? where.value : where.file}`
}

function change(
  pointer: Pointer,
  edit: (value: unknown, pointer: Pointer, name: string) => unknown,
  name: string,
): RawConfig {
  if (!pointer.startsWith(TENANT_FILE + '/')) return { ...TOUR, root: edit(TOUR.root, pointer, name) }
  const file = edit(TOUR.files.get(TENANT_FILE), pointer.slice(TENANT_FILE.length), name)
  return { ...TOUR, files: new Map([...TOUR.files, [TENANT_FILE, file]]) }
}
