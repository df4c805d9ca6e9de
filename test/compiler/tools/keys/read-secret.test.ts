import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { readSecret } from '../../../../compiler/tools/keys/read-secret.ts'

/** A terminal on which somebody types; what happened on it, in order. */
function typed(...pieces: string[]): { read: Promise<string>; happened: string[] } {
  const happened: string[] = []
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => happened.push(isRaw ? 'hidden' : 'shown'),
  })
  for (const piece of pieces) input.write(piece)
  const read = readSecret(input, (text) => happened.push(text))
  return { read, happened }
}

test('a terminal is asked, shows nothing that is typed, and is left as it was', async () => {
  const { read, happened } = typed('se', 'cret\r')
  expect(await read).toBe('secret')
  expect(happened).toEqual(['Secret (not shown): ', 'hidden', 'shown', '\n'])
})

test('what was typed wrongly can be taken back', async () => {
  expect(await typed('ab\u007fc\u0008d\n').read).toBe('ad')
  expect(await typed('\u007fa\u0004').read).toBe('a')
})

test('giving up ends the command, and the terminal is left as it was', async () => {
  const { read, happened } = typed('sec\u0003')
  await expect(read).rejects.toThrow('Given up.')
  expect(happened.slice(-2)).toEqual(['shown', '\n'])
})

test('more than any secret is refused on a terminal, too', async () => {
  await expect(typed('a'.repeat(8193)).read).rejects.toThrow('more than any secret')
})
