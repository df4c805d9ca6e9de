// An identity provider to try this example with. It hands a token to whoever asks, so it is for this machine only.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer } from 'node:http'

const port = Number(process.argv[2] ?? 9100)
const secret = process.env.INTROSPECTION_SECRET
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const kid = createHash('sha256')
  .update(JSON.stringify(publicKey.export({ format: 'jwk' })))
  .digest('base64url')
/** What opaque tokens stand for. */
const opaque = new Map()

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', issuer())
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  switch (url.pathname) {
    case '/.well-known/openid-configuration':
      return answer(200, { issuer: issuer(), jwks_uri: `${issuer()}/jwks.json` })
    case '/jwks.json':
      return answer(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' }] })
    case '/token':
      return response.end(url.searchParams.has('opaque') ? opaqueToken(claimsOf(url)) : signedToken(claimsOf(url)))
    case '/introspect': {
      if (secret === undefined || request.headers.authorization !== `Bearer ${secret}`) return answer(401, {})
      let form = ''
      for await (const piece of request) form += piece
      const claims = opaque.get(new URLSearchParams(form).get('token'))
      return answer(200, claims === undefined ? { active: false } : { active: true, ...claims })
    }
    default:
      return answer(404, {})
  }
})
server.listen(port, '127.0.0.1', () => console.log(issuer()))

function issuer() {
  return `http://127.0.0.1:${server.address().port}`
}

/** /token?sub=ann&org=globex&group=clerks&scope=orders:write&mfa&acr=urn:example:in-person */
function claimsOf({ searchParams }) {
  const nowSeconds = Math.floor(Date.now() / 1000)
  return {
    iss: issuer(),
    aud: searchParams.get('aud') ?? 'orders-api',
    sub: searchParams.get('sub') ?? 'ann',
    iat: nowSeconds,
    exp: nowSeconds + Number(searchParams.get('seconds') ?? 600),
    org: searchParams.get('org') ?? 'globex',
    groups: searchParams.getAll('group'),
    ...(searchParams.has('scope') ? { scope: searchParams.get('scope') } : {}),
    ...(searchParams.has('acr') ? { acr: searchParams.get('acr') } : {}),
    ...(searchParams.has('mfa') ? { amr: ['pwd', 'mfa'] } : {}),
  }
}

function signedToken(claims) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const text = `${encode({ alg: 'ES256', typ: 'at+jwt', kid })}.${encode(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

function opaqueToken(claims) {
  const token = randomUUID()
  opaque.set(token, claims)
  return token
}
