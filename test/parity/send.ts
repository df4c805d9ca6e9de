import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { PlainRequest } from './interpret-path.ts'

/**
 * Sends a request as it stands on a connection of its own, which it asks to be closed.
 *
 * @returns What came back, in the form of the interpreter's answers; a HEAD's refusal has no body to name its code.
 */
export async function send(port: number, request: PlainRequest): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('latin1')
  await once(socket, 'connect')
  socket.write(textOf(request), 'latin1')
  const answer = await text(socket)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const status = head.split(' ')[1] ?? ''
  const allow = /^allow: (.*)$/im.exec(head)?.[1]?.split(', ').sort().join(', ')
  const code = Number(status) < 400 || body === '' ? '' : ` ${codeOf(body)}`
  return status + code + (allow === undefined ? '' : `: ${allow}`)
}

function textOf({ method, path, query, headers }: PlainRequest): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0)
  return `${method} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1\r\n${lines.join('')}\r\n${'b'.repeat(length)}`
}

function codeOf(body: string): string {
  const problem: unknown = JSON.parse(body)
  if (typeof problem === 'object' && problem !== null && 'code' in problem) return String(problem.code)
  throw new Error(`not a problem: ${body}`)
}
