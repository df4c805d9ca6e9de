// Gets a token that is bound to a key of its own, and shows it with a proof for each request (RFC 9449):
//   node caller.mjs http://127.0.0.1:9100/token http://127.0.0.1:8080/orders
// Then it does what a thief would: shows the token without a proof, with a proof that was seen, and with a key of the thief's.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'

const [issuer = '', target = ''] = process.argv.slice(2)
const ann = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const thief = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const asked = await fetch(issuer, { method: 'POST', headers: { dpop: proofOf(ann, 'POST', issuer) } })
const { access_token: token } = await asked.json()

const proof = proofOf(ann, 'GET', target, token)
await show('with a proof', { authorization: `DPoP ${token}`, dpop: proof })
await show('with another proof', { authorization: `DPoP ${token}`, dpop: proofOf(ann, 'GET', target, token) })
await show('with a proof that was seen', { authorization: `DPoP ${token}`, dpop: proof })
await show('with a proof of a thief', { authorization: `DPoP ${token}`, dpop: proofOf(thief, 'GET', target, token) })
await show('as Bearer', { authorization: `Bearer ${token}` })

async function show(what, headers) {
  const answer = await fetch(target, { headers })
  console.log(`${what}: ${answer.status}`)
}

function proofOf({ privateKey, publicKey }, htm, htu, accessToken) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) }
  const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url')
  const claims = { jti: randomUUID(), htm, htu, iat: Math.floor(Date.now() / 1000), ath }
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
