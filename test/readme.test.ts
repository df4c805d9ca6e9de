import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../compiler/compile.ts'
import { formatText } from '../compiler/diagnostics/text.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const README = readFileSync('README.md', 'utf8')
const QUICKSTART = readFileSync('examples/quickstart/gateway.yaml', 'utf8')

test('the README shows the quickstart as it is', () => {
  const withoutModeline = QUICKSTART.slice(QUICKSTART.indexOf('version: 1'))
  expect(README).toContain(`\`\`\`yaml\n${withoutModeline}\`\`\``)
})

test('the README shows what the compiler says of a misspelt upstream', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'gateway.yaml')
  writeFileSync(file, QUICKSTART.replace(/(basePath: \/orders\n    upstream: )shop/, '$1shpo'))
  const { diagnostics } = await compile(file, { schemaFolder: resolve('schemas'), atMs: Date.now(), cwd: folder })
  expect(diagnostics).toHaveLength(1)
  expect(README).toContain(`\`\`\`\n${diagnostics.map((diagnostic) => formatText(diagnostic)).join('\n')}\n\`\`\``)
})
