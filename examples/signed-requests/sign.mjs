// Signs a request as RFC 9421 says, sends it, and prints the answer:
//   KEY_ID=globex-signed SECRET=... node sign.mjs POST http://127.0.0.1:8080/transfers '{"amount":5}'
//   KEY_ID=initech-signed PRIVATE_KEY=... node sign.mjs GET http://127.0.0.1:8080/transfers/7
import { createHash, createHmac, createPrivateKey, randomUUID, sign } from 'node:crypto'

const { KEY_ID = '', SECRET = '', PRIVATE_KEY = '' } = process.env
const [method = 'GET', address = '', body] = process.argv.slice(2)
const url = new URL(address)

const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-digest': digestOf(body) }
const covered = {
  '@method': method,
  '@authority': url.host,
  '@path': url.pathname,
  '@query': url.search === '' ? '?' : url.search,
  ...headers,
}
const names = Object.keys(covered).map((name) => `"${name}"`)
const created = Math.floor(Date.now() / 1000)
const parameters = `(${names.join(' ')});created=${created};nonce="${randomUUID()}";keyid="${KEY_ID}"`
const base = [
  ...Object.entries(covered).map(([name, value]) => `"${name}": ${value}`),
  `"@signature-params": ${parameters}`,
].join('\n')

const answer = await fetch(url, {
  method,
  body,
  headers: { ...headers, 'signature-input': `sig=${parameters}`, signature: `sig=:${signatureOf(base)}:` },
})
console.log(answer.status, await answer.text())

function digestOf(text) {
  return `sha-256=:${createHash('sha256').update(text).digest('base64')}:`
}

function signatureOf(text) {
  if (SECRET !== '') return createHmac('sha256', SECRET).update(text).digest('base64')
  const key = createPrivateKey({ key: Buffer.from(PRIVATE_KEY, 'base64'), format: 'der', type: 'pkcs8' })
  return sign(null, Buffer.from(text), key).toString('base64')
}
