import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { compile } from '../compile.ts'
import { catalogMarkdown } from '../diagnostics/catalog-markdown.ts'
import { formatText } from '../diagnostics/text.ts'
import { withBenchTable } from '../../test/bench/readme.ts'
import type { BenchResult } from '../../test/bench/result.ts'
import { compareOutput, writeOutput } from './output-files.ts'

/** Writes what is generated in this project anew, from its folder: the examples' tables, the page of diagnostics, and the README's benchmark. */
async function generate(): Promise<void> {
  const examples = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const { name } of examples) await compileExample(`examples/${name}`)
  const page = catalogMarkdown((code) => readFileSync(`test/diagnostics/${code}/expected.txt`, 'utf8'))
  writeFileSync('compiler/DIAGNOSTICS.md', page)
  // Safe: the benchmark wrote it.
  const result = JSON.parse(readFileSync('test/bench/result.json', 'utf8')) as BenchResult
  writeFileSync('README.md', withBenchTable(readFileSync('README.md', 'utf8'), result))
}

async function compileExample(folder: string): Promise<void> {
  const options = { schemaFolder: resolve('schemas'), cwd: process.cwd(), atMs: Date.now() }
  const { diagnostics, files } = await compile(`${folder}/gateway.yaml`, options)
  if (files === null) throw new Error(diagnostics.map((diagnostic) => formatText(diagnostic)).join('\n'))
  writeOutput(folder, files, compareOutput(folder, files))
}

await generate()
