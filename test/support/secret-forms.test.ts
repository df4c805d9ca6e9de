import { expect, test } from 'vitest'
import { formsIn } from './secret-forms.ts'

const SECRET = 'acme_live_5Kq~Zt/9wPxR'

test.each([
  ['as it is', `key=${SECRET};`],
  ['hex', Buffer.from(`a ${SECRET} b`).toString('hex').toUpperCase()],
  ['URL-encoded', `?k=${encodeURIComponent(SECRET)}&`],
  ['URL-encoded', [...Buffer.from(SECRET)].map((byte) => `%${byte.toString(16)}`).join('')],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64', Buffer.from(`:${SECRET}`).toString('base64')],
  ['base64', Buffer.from(`user:${SECRET} and more`).toString('base64url')],
])('%s: a secret is found in %s', (form, text) => {
  expect(formsIn(text, SECRET)).toContain(form)
})

test('another secret is not found', () => {
  const other = SECRET.replace('5', '6')
  const texts = [other, Buffer.from(other).toString('base64'), Buffer.from(other).toString('hex'), SECRET.slice(1)]
  for (const text of texts) expect(formsIn(text, SECRET)).toEqual([])
})
