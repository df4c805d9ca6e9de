import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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

test.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'])('what %s links to is there', (file) => {
  const targets = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  const local = targets.filter((target) => !/^https:/.test(target))
  expect(local.length).toBeGreaterThan(0)
  expect(local.filter((target) => !leadsSomewhere(file, target))).toEqual([])
})

/** "CONTRIBUTING.md#a-heading", or "#a-heading" of the same file. */
function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', heading] = target.split('#')
  const path = file === '' ? from : file
  return existsSync(path) && (heading === undefined || headingsOf(path).includes(heading))
}

/** As they are in addresses. */
function headingsOf(file: string): string[] {
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  )
}
