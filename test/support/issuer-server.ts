import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jwksOf, type Signer } from './signer.ts'

/** How a provider behaves. */
export type IssuerMode = 'up' | 'failing' | 'silent' | 'redirecting' | 'huge' | 'lying'

/** An identity provider on a port of this machine, which a test can break. */
export interface IssuerServer {
  readonly url: string
  mode: IssuerMode
  /** Answers come so much later. */
  delayMs: number
  signers: readonly Signer[]
  /** By opaque token what is said of it. */
  readonly opaque: Map<string, object>
  /** Paths that were asked for. */
  readonly asked: string[]
  readonly stop: () => Promise<void>
}

export async function startIssuerServer(...signers: readonly Signer[]): Promise<IssuerServer> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // Safe: it listens on a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer: IssuerServer = {
    url,
    mode: 'up',
    delayMs: 0,
    signers,
    opaque: new Map(),
    asked: [],
    stop: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(() => done()))
    },
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/'
    issuer.asked.push(path)
    let form = ''
    for await (const piece of request) form += String(piece)
    if (issuer.delayMs > 0) await new Promise((done) => setTimeout(done, issuer.delayMs))
    const body = bodyOf(issuer, path, new URLSearchParams(form).get('token') ?? '')
    switch (issuer.mode) {
      case 'up':
        return void response.end(body)
      case 'failing':
        return void response.writeHead(500).end(body)
      case 'silent':
        return
      case 'redirecting':
        return void response.writeHead(302, { location: `${url}/elsewhere` }).end(body)
      case 'huge':
        return void response.end(body + ' '.repeat(70_000))
      case 'lying':
        return void response.end('<html>everything is fine</html>')
    }
  }
  return issuer
}

function bodyOf({ url, signers, opaque }: IssuerServer, path: string, token: string): string {
  if (path === '/introspect') return JSON.stringify(opaque.get(token) ?? { active: false })
  if (path === '/.well-known/openid-configuration') return JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks.json` })
  return jwksOf(...signers)
}
