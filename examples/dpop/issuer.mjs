// An identity provider to try this example with: it hands a token to whoever shows a proof (RFC 9449, section 5), bound to the
// key of that proof; to others one for everybody. For this machine only: it asks nobody who they are.
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { createServer } from 'node:http'

const port = Number(process.argv[2] ?? 9100)
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const server = createServer((request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  switch (request.url) {
    case '/.well-known/openid-configuration':
      return answer(200, { issuer: issuer(), jwks_uri: `${issuer()}/jwks.json` })
    case '/jwks.json':
      return answer(200, {
        keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'issuer', use: 'sig', alg: 'ES256' }],
      })
    case '/token': {
      const proof = request.headers.dpop
      const jkt = proof === undefined ? null : thumbprintOf(proof)
      if (jkt === undefined) return answer(400, { error: 'invalid_dpop_proof' })
      return answer(200, { access_token: token(jkt), token_type: jkt === null ? 'Bearer' : 'DPoP' })
    }
    default:
      return answer(404, {})
  }
})
server.listen(port, '127.0.0.1', () => console.log(issuer()))

function issuer() {
  return `http://127.0.0.1:${server.address().port}`
}

/** Undefined for a proof that does not hold. */
function thumbprintOf(proof) {
  const [head = '', body = '', signature = ''] = proof.split('.')
  const { jwk } = JSON.parse(Buffer.from(head, 'base64url').toString())
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }
  if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) return undefined
  const { crv, kty, x, y } = jwk
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}

function token(jkt) {
  const nowSeconds = Math.floor(Date.now() / 1000)
  const claims = {
    iss: issuer(),
    aud: 'orders-api',
    sub: 'ann',
    exp: nowSeconds + 600,
    org: 'globex',
    groups: ['clerks'],
  }
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const text = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'issuer' })}.${encode({ ...claims, ...(jkt && { cnf: { jkt } }) })}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
