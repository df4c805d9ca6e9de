import { expect } from 'vitest'
import { answersOfTable, answersOfYaml } from './answers.ts'
import { createCompileFiles } from './compiled.ts'
import { digestOf, generateSecret } from './generate-secret.ts'
import type { AimedRequest } from './generate-requests.ts'
import { createRandom } from './random.ts'

const compileFiles = createCompileFiles()
const AT_MS = Date.parse('2026-11-22T12:00:00Z')
const random = createRandom(1)
/** Of the keys in every case, and of none. */
export const SECRETS = {
  full: generateSecret(random, 'acme', 'live'),
  other: generateSecret(random, 'acme', 'live'),
  old: generateSecret(random, 'acme', 'live'),
  reader: generateSecret(random, 'acme', 'live'),
  testing: generateSecret(random, 'acme', 'test'),
  mistyped: generateSecret(random, 'acme', 'live', 1),
  imported: 'secret-of-another-system-0001',
  unmarked: 'secret-of-another-system-0002',
  unknown: generateSecret(random, 'acme', 'live'),
}

const HEAD = `
version: 1
gateway:
  name: sentences
  listen: 127.0.0.1:0
  trustedProxies: [10.0.0.0/8]
  keys: { prefix: acme, accept: [live] }
  revocations: ./revoked.txt
upstreams:
  echo: { targets: [http://127.0.0.1:9] }
scopes: { read: Read, write: Write }
roles: { editor: [write] }
`

const TENANTS = `
tenants:
  globex:
    subscriptions:
      approved: { status: approved, since: 2026-11-22T12:00:00Z, until: 2026-11-22T12:00:10Z }
      pending: { status: pending }
    keys:
      full:
        digest: ${digestOf(SECRETS.full)}
        retiring: { digest: "${digestOf(SECRETS.old)}", until: 2026-11-22T12:00:05Z }
        scopes: [read]
        roles: [editor]
        limits: { rate: 60/min, burst: 3 }
      reader: { digest: "${digestOf(SECRETS.reader)}", scopes: [read] }
      mistyped: { digest: "${digestOf(SECRETS.mistyped)}", scopes: [read] }
      testing: { digest: "${digestOf(SECRETS.testing)}", scopes: [read] }
      imported: { digest: "${digestOf(SECRETS.imported)}", scopes: [read], imported: true }
      unmarked: { digest: "${digestOf(SECRETS.unmarked)}", scopes: [read] }
      late: { digest: "${digestOf(SECRETS.other)}", scopes: [read], notBefore: 2026-11-22T12:00:05Z, expires: 2026-11-22T12:00:10Z, allowIps: [203.0.113.0/24] }
`

export type Changes = Partial<Omit<AimedRequest, 'headers'>> & {
  headers?: Readonly<Record<string, string>>
  afterMs?: number
}

/** @param line The method and the URL. */
export function request(line: string, { headers = {}, afterMs = 0, ...changes }: Changes = {}): AimedRequest {
  const [method = '', url = ''] = line.split(' ')
  const [path = '', query = ''] = url.split('?')
  return {
    method,
    path,
    query,
    headers: Object.entries({ host: 'gateway.example.test', ...headers }),
    peer: '203.0.113.1',
    wallMs: AT_MS + afterMs,
    tickMs: 1_000_000 + afterMs,
    endsAfter: 0,
    ...changes,
  }
}

export function withKey(line: string, secret: string, changes: Changes = {}): AimedRequest {
  return request(line, { ...changes, headers: { 'x-api-key': secret, ...changes.headers } })
}

/**
 * Holds both, the interpreter and the runtime, to what the contract says to each request.
 *
 * @param apis Some `api`s, in YAML. Two more, to subscribe to, are always there.
 */
export async function expectAnswers(
  apis: string,
  cases: readonly (readonly [AimedRequest, string])[],
  revoked = '',
): Promise<void> {
  const { config, table, revocations } = await compileFiles(
    { 'revoked.txt': revoked, 'gateway.yaml': `${HEAD}apis:\n${SUBSCRIBED}${PENDING}${apis}${TENANTS}` },
    AT_MS,
  )
  const requests = cases.map(([one]) => one)
  const expected = cases.map(([one, answer]) => `${one.method} ${one.path}: ${answer}`)
  const told = (answers: readonly string[]): string[] =>
    requests.map(({ method, path }, i) => `${method} ${path}: ${answers[i]}`)
  expect(told(answersOfYaml(config, requests).map((answers) => answers.join()))).toEqual(expected)
  expect(told(answersOfTable(table, revocations, requests))).toEqual(expected)
}

/** An api in YAML: its settings, a line each, and its routes. */
export function api(name: string, settings: string, ...routes: string[]): string {
  const [first, ...rest] = [`upstream: echo`, ...settings.split('\n')]
  const lines = [`  ${name}:`, `    ${first}`, ...rest.map((line) => `    ${line}`), '    routes:']
  return [...lines, ...routes.map((route) => `      ${route}`), ''].join('\n')
}

/** The settings of an api that is open to all. */
export const OPEN = 'access: public\nlimits: { rate: 1_000/s, per: everyone }'
const SUBSCRIBED = api('approved', 'basePath: /subscribed\naccess: subscription', 'GET /: { scope: read }')
const PENDING = api('pending', 'basePath: /pending\naccess: subscription', 'GET /: { scope: read }')
