import { expect, test } from 'vitest'
import { expressionLines } from '../../../compiler/6-emit/expressions.ts'
import { compileAlone } from '../../support/expressions.ts'
import { createDecider, loadTestTable } from '../../support/decider.ts'

/** A public api whose routes have these conditions. */
function configOf(conditions: readonly string[]): string {
  const routes = conditions.map((when, i) => `      GET /${i}: { when: ${JSON.stringify(when)} }\n`)
  return `version: 1
gateway: { name: acme, listen: 127.0.0.1:8080 }
upstreams: { origin: { targets: [http://127.0.0.1:9000] } }
apis:
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 6000/min, per: address }
    routes:
${routes.join('')}`
}

const HOSTILE = [
  '*/ throw 1 /*',
  '`${throw 1}`',
  '\u2028throw 1',
  '\u2029throw 1',
  "'); throw 1; ('",
  '// \\',
  '\u0000\u001b[2J',
  '\u202e',
  '😀',
]

test('a table holds texts that would be code anywhere else', async () => {
  const conditions = HOSTILE.map((text) => `request.query.q == ${JSON.stringify(text)}`)
  const decide = await createDecider(configOf(conditions))
  for (const [i, text] of HOSTILE.entries()) {
    const url = `/open/${i}?q=${encodeURIComponent(text)}`
    expect(decide({ url }).refusal).toBeNull()
    expect(decide({ url: `${url}x` }).refusal?.code).toBe('condition-failed')
  }
})

test('the text of an expression stays on the line of its comment', () => {
  const text = 'true ||\n  "\u2028*/ `${x}` \u202e" == "\\\\"'
  const { compiled } = compileAlone(text)
  if (compiled === null) throw new Error('it compiles')
  const lines = expressionLines([compiled], () => 'gateway.yaml:7')
  expect(lines).toHaveLength(4)
  expect(lines.join('')).not.toMatch(/[\n\r\u2028\u2029\u202e]/)
  expect(lines[1]).toMatch(/^ {4}\/\/ gateway\.yaml:7 "true \|\|\\n /)
})

test('expressions that say the same share their code; what no function is asked for takes none', async () => {
  const table = await loadTestTable(configOf(['request.method == "GET"', 'request.method  ==  "GET"', 'true']))
  expect(table.routes.map(({ row }) => row.when?.expression)).toEqual([0, 0, 1])
  expect(table.expressions).toHaveLength(2)
  const { compiled } = compileAlone('true')
  expect(expressionLines(compiled === null ? [] : [compiled], () => '')[0]).toBe('  expressions: () => [')
  expect(expressionLines([], () => '')).toEqual(['  expressions: () => [],'])
})
