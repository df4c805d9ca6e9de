import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RawConfig } from '../compiler/1-load/load.ts'
import { validate } from '../compiler/2-validate/validate.ts'
import { collectProblems, pointTo, segmentsOf, type Pointer, type Problem } from '../compiler/diagnostics/report.ts'
import { summaryOf, checkFile, VALIDATORS } from './support/check.ts'
import { membersIn, misspell, withoutMember, withRenamed } from './support/edits.ts'
import { group } from './support/group.ts'
import { SHARED_FOLDER } from './support/needs.ts'

const TENANT_FILE = '/include/0/file'

/** What this version does not honour. Each later version takes lines out of here. */
const NOT_SUPPORTED = [
  '/gateway/state/directory',
  '/gateway/cache',
  '/gateway/brand/title',
  '/gateway/brand/color',
  '/gateway/brand/support',
  '/upstreams/orders/balance',
  '/upstreams/orders/retries',
  '/upstreams/orders/health',
  '/upstreams/orders/breaker',
  '/upstreams/orders/capacity',
  '/plans/free/priority',
  '/plans/free/tokens',
  '/plans/free/budget',
  '/plans/premium/priority',
  '/plans/premium/tokens',
  '/plans/premium/budget',
  '/apis/orders/routes/GET ~1/cache',
  '/apis/tenants/routes/GET ~1dashboard/aggregate',
  '/apis/inventory/routes/GET ~1{sku}/cache',
  '/apis/inventory/routes/GET ~1{sku}/response/xmlToJson',
  '/ai',
  '/tenants/globex/limits/budget',
  '/tenants/globex/keys/globex-mobile/models',
  '/tenants/globex/keys/globex-mobile/limits/budget',
  '/include/0/limits/budget',
]

/** Mappings whose names people choose: any name is as good as another there. By the pointer of the mapping. */
const CHOSEN_NAMES = [
  /^\/(secrets|upstreams|identity|scopes|roles|plans|apis|tenants)$/,
  /^\/upstreams\/[^/]+\/headers$/,
  /^\/identity\/[^/]+\/roles\/map$/,
  /^\/apis\/[^/]+\/(routes|bind|fields\/withScope|match\/headers)$/,
  /^\/apis\/[^/]+\/routes\/[^/]+\/(query|bind|aggregate|request\/headers\/set|aggregate\/[^/]+\/query)$/,
  /^\/ai\/(providers|models|prompts)$/,
  // JSON Schemas: of the language only by name.
  /^\/ai\/prompts\/[^/]+\/(input|output)(\/.*)?$/,
  /^\/tenants\/[^/]+\/(keys|subscriptions|keys\/[^/]+\/metadata)$/,
  /^\/include\/0\/subscriptions$/,
  /^\/include\/0\/file\/keys(\/[^/]+\/metadata)?$/,
]

/** Members that their mapping cannot be without. */
const REQUIRED = [
  /^\/(version|gateway)$/,
  /^\/gateway\/(name|listen|keys\/prefix|cache\/size|protect\/lockout\/(failures|window|ban))$/,
  /^\/upstreams\/[^/]+\/targets(\/\d+\/url)?$/,
  /^\/upstreams\/[^/]+\/(retries\/attempts|health\/path|breaker\/(errors|window|open))$/,
  /^\/identity\/[^/]+\/roles\/(from|map)$/,
  // A burst bounds a rate.
  /^\/plans\/free\/rate$/,
  /^\/apis\/[^/]+\/(basePath|upstream|access|routes|deprecation\/since|cors\/origins|limits\/rate)$/,
  /^\/apis\/[^/]+\/routes\/[^/]+\/(cache\/ttl|forward\/path|limits\/rate)$/,
  /^\/ai\/providers\/[^/]+\/(dialect|url)$/,
  /^\/ai\/models\/[^/]+\/(use|price\/(input|output))$/,
  /^\/ai\/unified\/(basePath|scope|access|cache\/(ttl|per))$/,
  /^\/ai\/prompts\/[^/]+\/(route|scope|access|model)$/,
  /^\/(tenants\/[^/]+|include\/\d+)\/subscriptions\/[^/]+\/status$/,
  /^\/(tenants\/[^/]+|include\/0\/file)\/keys\/[^/]+\/(digest|retiring\/(digest|until))$/,
  /^\/include\/\d+\/(tenant|file)$/,
]

/** Mappings that may be empty: their members say all there is, and there may be nothing to say. */
const MAY_BE_EMPTY = [
  /^\/apis\/[^/]+\/routes\/[^/]+(\/query\/[^/]+)?$/,
  /^\/ai\/prompts\/[^/]+\/(input|output)(\/.*)?$/,
]

group('the tour of the language', () => {
  const tour: RawConfig = {
    root: parse(readFileSync(`${SHARED_FOLDER}/spec/gateway.yaml`, 'utf8')),
    files: new Map([[TENANT_FILE, parse(readFileSync(`${SHARED_FOLDER}/spec/tenants/initech.yaml`, 'utf8'))]]),
    keyLines: new Map(),
    sources: [],
    paths: [],
  }
  const members = [...membersIn(tour.root), ...membersIn(tour.files.get(TENANT_FILE), TENANT_FILE)]
  const usual = problemsOf(tour).map(textOf)

  test('yields what is not supported yet, and nothing else', () => {
    expect(usual.toSorted()).toEqual(NOT_SUPPORTED.map((pointer) => `not-supported-yet ${pointer}`).toSorted())
    expect(checkFile(`${SHARED_FOLDER}/spec/gateway.yaml`)).toHaveLength(NOT_SUPPORTED.length)
  })

  test('has members enough to be a tour', () => expect(members.length).toBeGreaterThan(350))

  test.each(members)('%s, misspelt, is told at its place with the right suggestion', (pointer) => {
    const name = nameOf(pointer)
    const typo = pointTo(parentOf(pointer), misspell(name))
    const added = difference(problemsOf(change(tour, pointer, withRenamed, misspell(name))), usual, pointer)
    if (isOneOf(CHOSEN_NAMES, parentOf(pointer))) {
      // What lies inside moves along.
      const moved = usual.filter((text) => text.includes(` ${pointer}/`)).map((text) => text.replace(pointer, typo))
      // A route's name begins with a method and a slash; "GET /" loses its slash here.
      const isNoRoute = parentOf(pointer).endsWith('/routes') && !misspell(name).includes('/')
      return expect(added.map(textOf)).toEqual([...(isNoRoute ? [`config-wrong-name ${typo}`] : []), ...moved])
    }
    expect(added.map(textOf)).toEqual([`config-unknown-key ${typo}`])
    expect(added[0]?.hint).toBe(`Did you mean "${name}"?`)
  })

  test.each(members)('%s, left out, is missed where it is required and only there', (pointer) => {
    const parent = parentOf(pointer)
    const added = difference(problemsOf(change(tour, pointer, withoutMember)), usual, pointer)
    const isRequired = isOneOf(REQUIRED, pointer)
    const isLast = !isRequired && isLonely(pointer, members) && !isOneOf(MAY_BE_EMPTY, parent)
    const code = isRequired ? 'config-missing-key' : 'config-out-of-range'
    expect(added.map(textOf)).toEqual(isRequired || isLast ? [`${code} ${parent}`] : [])
    if (isRequired) expect(added[0]?.params['key']?.split('" or "')).toContain(nameOf(pointer))
  })
})

test('the tour, without what is not supported yet, compiles without a diagnostic', () => {
  expect(summaryOf(checkFile('test/tables/tour/gateway.yaml'))).toEqual([])
})

function problemsOf(raw: RawConfig): readonly Problem[] {
  const list = collectProblems()
  validate(raw, VALIDATORS, list.report)
  return list.problems()
}

/** "code pointer" */
function textOf({ code, where }: Problem): string {
  if (typeof where === 'string') return `${code} ${where}`
  return `${code} ${'key' in where ? where.key : 'value' in where ? where.value : where.file}`
}

/** What is not told of the whole tour; what lies in the edited member is gone with it. */
function difference(problems: readonly Problem[], usual: readonly string[], edited: Pointer): Problem[] {
  const texts = problems.map(textOf)
  for (const text of usual) {
    const isGone = text.endsWith(` ${edited}`) || text.includes(` ${edited}/`)
    if (!isGone) expect(texts).toContain(text)
  }
  return problems.filter((problem) => !usual.includes(textOf(problem)))
}

function change(
  raw: RawConfig,
  pointer: Pointer,
  edit: (value: unknown, pointer: Pointer, name: string) => unknown,
  name = '',
): RawConfig {
  if (!pointer.startsWith(TENANT_FILE + '/')) return { ...raw, root: edit(raw.root, pointer, name) }
  const file = edit(raw.files.get(TENANT_FILE), pointer.slice(TENANT_FILE.length), name)
  return { ...raw, files: new Map([[TENANT_FILE, file]]) }
}

function isLonely(pointer: Pointer, members: readonly Pointer[]): boolean {
  const parent = parentOf(pointer)
  return parent !== '' && members.filter((member) => parentOf(member) === parent).length === 1
}

function isOneOf(families: readonly RegExp[], pointer: Pointer): boolean {
  return families.some((family) => family.test(pointer))
}

function parentOf(pointer: Pointer): Pointer {
  return pointer.slice(0, pointer.lastIndexOf('/'))
}

function nameOf(pointer: Pointer): string {
  return segmentsOf(pointer).at(-1) ?? ''
}
