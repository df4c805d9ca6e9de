/** What identity providers say is short; more is not read. */
const ANSWER_BYTES_MAX = 64 * 1024
const OK = 200

export interface FetchOptions {
  readonly timeoutMs: number
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Asks an identity provider. @throws With why there is no answer, in words that hold nothing of it. */
export type FetchText = (url: string, options: FetchOptions) => Promise<string>

/** True for https, and for http to this machine itself. */
export function isTrustedUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/**
 * Asks over https or on this machine. Redirects are not followed: they would lead to somebody whom the config does not name.
 */
export const fetchText: FetchText = async (url, { timeoutMs, method = 'GET', headers = {}, body }) => {
  if (!isTrustedUrl(url)) throw new Error('its address is neither https nor on this machine')
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal,
    headers: { accept: 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  })
  if (response.status !== OK) {
    await response.body?.cancel()
    throw new Error(`it answered with status ${response.status}`)
  }
  return readBounded(response)
}

/** Names what went wrong without the words of whoever answered. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed'
  if (error.name === 'TimeoutError') return 'it did not answer in time'
  const { cause } = error
  if (cause instanceof Error && 'code' in cause) return `it cannot be reached (${String(cause.code)})`
  return error.name === 'TypeError' ? 'it cannot be reached' : error.message
}

async function readBounded(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const pieces: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const read = await reader?.read()
    if (read === undefined || read.done) break
    // Safe: the body of a response comes in pieces of bytes.
    const piece = read.value as Uint8Array
    bytes += piece.length
    if (bytes > ANSWER_BYTES_MAX) {
      await reader?.cancel()
      throw new Error(`it answered with more than ${ANSWER_BYTES_MAX} bytes`)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname)
}
