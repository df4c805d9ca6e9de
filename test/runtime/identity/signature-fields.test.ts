import { describe, expect, test } from 'vitest'
import { readSignatures } from '../../../runtime/identity/signature-fields.ts'

describe('the signatures of a message', () => {
  test('are read with their components and parameters', () => {
    const [signature] = readSignatures('a=("@path" "@query-param";name="x");created=5;keyid="k"', 'a=:AAEC:') ?? []
    expect(signature?.components).toEqual([
      { name: '@path', queryName: null, identifier: '"@path"' },
      { name: '@query-param', queryName: 'x', identifier: '"@query-param";name="x"' },
    ])
    expect([...(signature?.parameters ?? [])]).toEqual([
      ['created', 5],
      ['keyid', 'k'],
    ])
    expect([...(signature?.bytes ?? [])]).toEqual([0, 1, 2])
  })

  test('may be several, with one label in both fields each', () => {
    expect(readSignatures('a=("@path"), b=()', 'b=:AA==:, a=:AAEC:')).toHaveLength(2)
  })

  test.each([
    ['no structured field', 'a=("@path"', 'a=:AAEC:'],
    ['a text for the covered components', 'a="@path"', 'a=:AAEC:'],
    ['a token for a component', 'a=(path)', 'a=:AAEC:'],
    ['a number for a component', 'a=(1)', 'a=:AAEC:'],
    ['a text for a signature', 'a=("@path")', 'a="AAEC"'],
    ['a list for a signature', 'a=("@path")', 'a=(:AAEC:)'],
    ['a signature that is no base64', 'a=("@path")', 'a=:A$EC:'],
    ['a label without a signature', 'a=("@path"), b=("@path")', 'a=:AAEC:'],
    ['a signature without its label', 'a=("@path")', 'a=:AAEC:, b=:AAEC:'],
    ['labels that do not meet', 'a=("@path")', 'b=:AAEC:'],
    ['a component twice', 'a=("@path" "@path")', 'a=:AAEC:'],
    ['a parameter of the query twice', 'a=("@query-param";name="x" "@query-param";name="x")', 'a=:AAEC:'],
    ['a component of the request of an answer', 'a=("@path";req)', 'a=:AAEC:'],
    ['a trailer', 'a=("x-a";tr)', 'a=:AAEC:'],
    ['bytes of a field', 'a=("x-a";bs)', 'a=:AAEC:'],
    ['a structured field written anew', 'a=("x-a";sf)', 'a=:AAEC:'],
    ['a member of a dictionary', 'a=("x-a";key="b")', 'a=:AAEC:'],
    ['a flag nobody knows', 'a=("@path";new)', 'a=:AAEC:'],
    ['a parameter of the query without its name', 'a=("@query-param")', 'a=:AAEC:'],
    ['a name that is no text', 'a=("@query-param";name=x)', 'a=:AAEC:'],
    ['a name where there is nothing to name', 'a=("@path";name="x")', 'a=:AAEC:'],
    ['five signatures', 'a=(), b=(), c=(), d=(), e=()', 'a=:AA==:, b=:AA==:, c=:AA==:, d=:AA==:, e=:AA==:'],
    ['65 components', `a=(${Array.from({ length: 65 }, (_, i) => `"h${i}"`).join(' ')})`, 'a=:AAEC:'],
  ])('are refused with %s', (_, inputs, values) => {
    expect(readSignatures(inputs, values)).toBeNull()
  })

  test('of 64 KB are told soon, whatever they hold', () => {
    const started = performance.now()
    const inputs = ['a=(', 'a=("@path" ', '("', 'a=:', 'a,', 'a;', 'a=1;', ' ', '"\\', 'a=("\\"']
    for (const piece of inputs) {
      const text = piece.repeat(65_536 / piece.length)
      readSignatures(text, text)
      readSignatures(`a=("@path" ${text})`, 'a=:AAEC:')
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
