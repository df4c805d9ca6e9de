import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../compiler/compile.ts'
import { catalogMarkdown } from '../compiler/diagnostics/catalog-markdown.ts'
import { compareOutput } from '../compiler/tools/output-files.ts'

const EXAMPLES = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory())
const OPTIONS = { schemaFolder: resolve('schemas'), cwd: process.cwd(), atMs: Date.UTC(2026, 10, 22, 12) }

test.each(EXAMPLES.map(({ name }) => name))(
  'the generated files of examples/%s are those of its config',
  async (name) => {
    const { files } = await compile(`examples/${name}/gateway.yaml`, OPTIONS)
    expect(compareOutput(`examples/${name}`, files ?? {})).toEqual({ write: [], remove: [] })
  },
)

test.each(EXAMPLES.map(({ name }) => name))('examples/%s has no diagnostic', async (name) => {
  const { diagnostics } = await compile(`examples/${name}/gateway.yaml`, OPTIONS)
  expect(diagnostics).toEqual([])
})

test('the page of diagnostics is that of the catalog and its fixtures', () => {
  const page = catalogMarkdown((code) => readFileSync(`test/diagnostics/${code}/expected.txt`, 'utf8'))
  expect(readFileSync('compiler/DIAGNOSTICS.md', 'utf8')).toBe(page)
})

test('the README explains the first example as it is, comments aside', () => {
  const blocks = [...readFileSync('README.md', 'utf8').matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, yaml = '']) => yaml)
  expect(blocks.map(withoutComments)).toContain(
    withoutComments(readFileSync('examples/quickstart/gateway.yaml', 'utf8')),
  )
})

/** The example holds no "#" but before comments. */
function withoutComments(yaml: string): string {
  return yaml
    .replace(/ *#.*$/gm, '')
    .replace(/\n{2,}/g, '\n')
    .trim()
}
