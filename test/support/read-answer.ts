/** An answer as a strict caller reads it. */
export interface ReadAnswer {
  readonly status: number
  /** Names in small letters. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  readonly framing: 'length' | 'chunks' | 'none'
  /** False when the bytes end before the body does. */
  readonly isComplete: boolean
  /** What follows it. */
  readonly rest: Buffer
}

/**
 * Reads one answer.
 *
 * @throws When the bytes are no answer, or one that could be read in two ways.
 */
export function readAnswer(bytes: Buffer, { hasBody = true }: { readonly hasBody?: boolean } = {}): ReadAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) throw new Error(`no head: ${JSON.stringify(bytes.toString('latin1', 0, 200))}`)
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 ([2-5]\d\d) [ -~]+$/.exec(statusLine)?.[1] ?? NaN)
  if (Number.isNaN(status)) throw new Error(`no status line: ${statusLine}`)
  const headers = lines.map((line) => {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\t -~\u0080-\u00ff]*)$/.exec(line)
    if (match === null) throw new Error(`no header line: ${JSON.stringify(line)}`)
    return [(match[1] ?? '').toLowerCase(), match[2] ?? ''] as const
  })
  const valuesOf = (name: string): string[] => headers.filter(([one]) => one === name).map(([, value]) => value)
  for (const name of ['content-length', 'transfer-encoding', 'connection', 'date']) {
    if (valuesOf(name).length > 1) throw new Error(`${name} comes more than once`)
  }
  const [length] = valuesOf('content-length')
  const [coding] = valuesOf('transfer-encoding')
  if (length !== undefined && coding !== undefined) throw new Error('both a length and a coding')
  const behind = bytes.subarray(end + 4)
  if (!hasBody) return { status, headers, body: EMPTY, framing: 'none', isComplete: true, rest: behind }
  if (coding !== undefined) return { status, headers, framing: 'chunks', ...readChunks(behind) }
  const total = Number(length ?? 0)
  const body = behind.subarray(0, total)
  const framing = length === undefined ? 'none' : 'length'
  return { status, headers, framing, body, isComplete: body.length === total, rest: behind.subarray(total) }
}

const EMPTY = Buffer.alloc(0)

function readChunks(bytes: Buffer): Pick<ReadAnswer, 'body' | 'isComplete' | 'rest'> {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return { body: Buffer.concat(chunks), isComplete: false, rest: EMPTY }
    const size = bytes.toString('latin1', at, lineEnd)
    if (!/^[0-9a-f]+$/.test(size)) throw new Error(`no size of a chunk: ${JSON.stringify(size)}`)
    const start = lineEnd + 2
    const end = start + parseInt(size, 16)
    chunks.push(bytes.subarray(start, Math.min(end, bytes.length)))
    if (end + 2 > bytes.length) return { body: Buffer.concat(chunks), isComplete: false, rest: EMPTY }
    if (bytes.toString('latin1', end, end + 2) !== '\r\n') throw new Error('a chunk does not end where it says')
    if (end === start) return { body: Buffer.concat(chunks), isComplete: true, rest: bytes.subarray(end + 2) }
    at = end + 2
  }
}
