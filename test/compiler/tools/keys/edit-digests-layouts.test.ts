import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { load } from '../../../../compiler/1-load/load.ts'
import { editDigests } from '../../../../compiler/tools/keys/edit-digests.ts'
import { createRandom, type Random } from '../../../parity/random.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const LAYOUTS = 1_000
const OLD = `sha256:${'a'.repeat(64)}`
const OLDER = `sha256:${'b'.repeat(64)}`
const NEW = `sha256:${'c'.repeat(64)}`
const UNTIL = '2026-12-09T08:00:00Z'
/** What a rotation writes, on a line of its own or in braces. */
const WRITTEN =
  /(?<=\n) *retiring: \{[^}]*2026-12-09[^}]*\}\r?\n|\r?\n *retiring: \{[^}]*2026-12-09[^}]*\}$|(, )?retiring: \{[^}]*2026-12-09[^}]*\}/

/** A file with three keys in one of the ways in which people write them. */
function generateFile(random: Random): string {
  const step = random.pick([1, 2, 4])
  const end = random.pick(['\n', '\n', '\r\n'])
  const keys = ['first', 'web', 'last'].flatMap((id) => [
    ...(random.chance(0.3) ? [`# about ${id}: digest: ${OLD}`] : []),
    ...generateKey(random, id, step),
  ])
  const lines = ['title: Initech', ...comments(random), 'keys:', ...keys.map((line) => ' '.repeat(step) + line)]
  const text = lines.join(end)
  return random.chance(0.8) ? text + end : text
}

function generateKey(random: Random, id: string, step: number): string[] {
  const digest = id === 'web' ? OLD : `sha256:${id === 'first' ? 'd'.repeat(64) : 'e'.repeat(64)}`
  const isFlow = random.chance(0.4)
  const quote = (text: string): string =>
    random.pick(isFlow ? ['"', "'"] : ['', '"', "'"]).replace(/^(.?)$/, `$1${text}$1`)
  const retiring = `{ digest: "${OLDER}", until: ${random.pick(['2026-01-01', '"2026-01-01"'])} }`
  const members = [
    `digest: ${quote(digest)}`,
    ...(random.chance(0.4) ? [`retiring: ${retiring}`] : []),
    ...random.some(['roles: [a, b]', 'description: "digest: x"', 'expires: 2099-01-01'], 0.5),
  ].sort(() => random.below(3) - 1)
  if (isFlow) return [`${id}: { ${members.join(', ')}${random.pick([' ', ', '])}}${comment(random)}`]
  const inner = members.flatMap((member) => [...comments(random), member + comment(random)])
  return [`${id}:${comment(random)}`, ...inner.map((line) => ' '.repeat(step) + line)]
}

function comment(random: Random): string {
  return random.chance(0.3) ? ` # retiring: ${random.below(9)}` : ''
}

function comments(random: Random): string[] {
  return random.chance(0.3) ? [`# digest: ${random.below(9)}`] : []
}

test(`in ${LAYOUTS} layouts, a rotation changes the digests of one key and not one character besides`, () => {
  const random = createRandom(20)
  const folder = temporaryFolder()
  const path = `${folder}/gateway.yaml`
  for (let i = 0; i < LAYOUTS; i++) {
    const text = generateFile(random)
    const [source] = load(path, (code) => expect.fail(`${code}\n${text}`), new Map([[path, text]])).sources
    const written = { digest: NEW, retiring: { digest: OLD, until: UNTIL } }
    const edited = source === undefined ? null : editDigests(source, '/keys/web', written)
    if (edited === null) expect.fail(`left alone\n${text}`)

    const wanted = parse(text)
    const had = wanted.keys.web.retiring !== undefined
    wanted.keys.web = { ...wanted.keys.web, digest: NEW, retiring: { digest: OLD, until: UNTIL } }
    expect(parse(edited), text).toEqual(wanted)

    const [member = ''] = edited.match(WRITTEN) ?? []
    const undone = had
      ? edited.replace(member, member.replace(OLD, OLDER).replace(UNTIL, '2026-01-01'))
      : edited.replace(member, '')
    expect(undone.replace(NEW, OLD), 'all else').toBe(text)
  }
})
