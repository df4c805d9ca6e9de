import { Agent, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly text: string
}

const ANSWER_MS_MAX = 10_000
const NO_REUSE = new Agent({ keepAlive: false })

/** One GET on a connection of its own. Null when nobody answers. */
export function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer | null> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path, headers, agent: NO_REUSE }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', () => resolve(null))
    })
    call.on('error', () => resolve(null))
    call.setTimeout(ANSWER_MS_MAX, () => call.destroy(new Error('no answer')))
    call.end()
  })
}
