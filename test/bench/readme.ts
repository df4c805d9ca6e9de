import type { BenchResult } from './result.ts'
import { benchTable } from './table.ts'

const BEGIN = '<!-- bench:begin -->\n<!-- prettier-ignore-start -->\n'
const END = '<!-- prettier-ignore-end -->\n<!-- bench:end -->'

/**
 * Puts a result's table between its marks.
 *
 * @throws When the marks are not there.
 */
export function withBenchTable(readme: string, result: BenchResult): string {
  const begin = readme.indexOf(BEGIN)
  const end = readme.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('README.md has no place for the benchmark')
  return `${readme.slice(0, begin)}${BEGIN}\n${benchTable(result)}\n${readme.slice(end)}`
}
