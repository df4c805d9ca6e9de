import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/running-gateway.ts'

export interface ConfigParts {
  /** Lines below `gateway:`. */
  readonly gateway?: string
  /** Of the upstream. */
  readonly timeouts?: string
  readonly routes?: string
  /** Lines of the api. */
  readonly api?: string
}

/** Anything on any path, without a key: what is refused is refused for its form alone. */
export function openConfig(parts: ConfigParts = {}): string {
  const { gateway = '', api = '', routes = 'ANY /{rest...}: {}' } = parts
  const { timeouts = '{ connect: 1s, response: 2s, idle: 3s }' } = parts
  return `version: 1
gateway:
  name: conformance
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
${indent(gateway, 2)}
upstreams:
  origin: { targets: [http://127.0.0.1:9000], timeouts: ${timeouts}, connections: 1_000 }
apis:
  all:
    basePath: /
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
${indent(api, 4)}
    routes:
${indent(routes, 6)}
`
}

/** Starts a gateway with the open config before an upstream. */
export function startOpenGateway(
  url: string,
  parts: ConfigParts = {},
  options: Omit<TestGatewayOptions, 'targets'> = {},
): Promise<TestGateway> {
  return startTestGateway(openConfig(parts), { ...options, targets: { origin: [url] } })
}

function indent(text: string, spaces: number): string {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ' '.repeat(spaces) + line)
    .join('\n')
}
