import { describe, expect, test } from 'vitest'
import { readAtOnce, readPieces, splits, type Outcome, type Reading } from './reading.ts'

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`

function chunked(body: string): string {
  return CHUNKED + body
}

type Row = readonly [what: string, raw: string, reading?: Reading]
type WholeRow = readonly [what: string, raw: string, body: string, reading?: Reading]

/** Cut in any way, an answer must be read as when it comes whole. */
function expectSameWhenSplit(raw: string, outcome: Outcome, reading: Reading): void {
  const wanted = tell(outcome)
  const others = splits(Buffer.from(raw, 'latin1')).map((pieces) => tell(readPieces(pieces, reading)))
  expect(others.filter((other) => other !== wanted)).toEqual([])
}

/** All that may be compared; of a broken answer more or less may have been read before it was seen. */
function tell(outcome: Outcome): string {
  return outcome.is === 'broken' ? 'broken' : JSON.stringify(outcome)
}

const BROKEN: readonly Row[] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['an empty line before the status line', `\r\n${OK}\r\n`],
  ['version 0.9', 'HTTP/0.9 200 OK\r\n\r\n'],
  ['version 1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
  ['version 2', 'HTTP/2 200 OK\r\n\r\n'],
  ['version 11.1', 'HTTP/11.1 200 OK\r\n\r\n'],
  ['version 1.10', 'HTTP/1.10 200 OK\r\n\r\n'],
  ['a version in small letters', 'http/1.1 200 OK\r\n\r\n'],
  ['a tab behind the version', 'HTTP/1.1\t200 OK\r\n\r\n'],
  ['two spaces behind the version', 'HTTP/1.1  200 OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status with a letter', 'HTTP/1.1 20x OK\r\n\r\n'],
  ['no status', 'HTTP/1.1 \r\n\r\n'],
  ['no status and no space', 'HTTP/1.1\r\n\r\n'],
  ['status 099', 'HTTP/1.1 099 Low\r\n\r\n'],
  ['status 600', 'HTTP/1.1 600 High\r\n\r\n'],
  ['status 999', 'HTTP/1.1 999 High\r\n\r\n'],
  ['status 101, which nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n'],
  ['a NUL in the reason', 'HTTP/1.1 200 O\0K\r\n\r\n'],
  ['a bare LF behind the status line', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
  ['a bare CR behind the status line', 'HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n'],
  ['two CRs behind the status line', 'HTTP/1.1 200 OK\r\r\nContent-Length: 0\r\n\r\n'],
  ['bare LFs only', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['a bare CR in a value', `${OK}A: b\rContent-Length: 0\r\n\r\n`],
  ['a bare LF in a value', `${OK}A: b\nContent-Length: 0\r\n\r\n`],
  ['a NUL in a value', `${OK}A: b\0\r\n\r\n`],
  ['a DEL in a value', `${OK}A: b\x7f\r\n\r\n`],
  ['an ESC in a value', `${OK}A: \x1b[0m\r\n\r\n`],
  ['a folded value', `${OK}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
  ['a value folded with a tab', `${OK}A: b\r\n\tc\r\nContent-Length: 0\r\n\r\n`],
  ['a space before the first field', `${OK} A: b\r\n\r\n`],
  ['a space before the colon', `${OK}Content-Length : 0\r\n\r\n`],
  ['a tab before the colon', `${OK}Content-Length\t: 0\r\n\r\n`],
  ['a name that is no token', `${OK}Content Length: 0\r\n\r\n`],
  ['a name with a byte above ASCII', `${OK}Content-Length\xa0: 0\r\n\r\n`],
  ['a name in brackets', `${OK}[A]: 0\r\n\r\n`],
  ['no name', `${OK}: 0\r\n\r\n`],
  ['no colon', `${OK}Content-Length\r\n\r\n`],
  ['an empty line that ends in a bare LF', `${OK}Content-Length: 0\r\n\n`],
  ['an empty line that ends in CR CR', `${OK}Content-Length: 0\r\n\r\r\n`],
  ['too many fields', `${OK}${'A: b\r\n'.repeat(128)}\r\n`],
  ['too large a field', `${OK}A: ${'b'.repeat(33_000)}\r\n\r\n`],
  ['a line without an end', `${OK}A: ${'b'.repeat(33_000)}`],
  ['a length twice', `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab`],
  ['two lengths', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`],
  ['two lengths in one field', `${OK}Content-Length: 2, 2\r\n\r\nab`],
  ['no length in the field', `${OK}Content-Length:\r\n\r\n`],
  ['a negative length', `${OK}Content-Length: -2\r\n\r\nab`],
  ['a length with a sign', `${OK}Content-Length: +2\r\n\r\nab`],
  ['a hexadecimal length', `${OK}Content-Length: 0x2\r\n\r\nab`],
  ['a length with a fraction', `${OK}Content-Length: 2.0\r\n\r\nab`],
  ['a length in thousands', `${OK}Content-Length: 1e3\r\n\r\nab`],
  ['a length with a space inside', `${OK}Content-Length: 1 2\r\n\r\nab`],
  ['a length that no number holds', `${OK}Content-Length: 99999999999999999999\r\n\r\nab`],
  ['a length beside chunked', `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunked beside a length', `${OK}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`],
  [
    'a length beside chunked for HEAD',
    `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
    { method: 'HEAD' },
  ],
  ['chunked twice', `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunked, chunked', `${OK}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
  ['gzip, chunked', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['chunked, identity', `${OK}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  ['identity', `${OK}Transfer-Encoding: identity\r\n\r\nab`],
  ['an unknown coding', `${OK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['chunked with a parameter', `${OK}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n`],
  ['chunked in quotes', `${OK}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`],
  ['an empty coding', `${OK}Transfer-Encoding:\r\n\r\n0\r\n\r\n`],
  ['a vertical tab before chunked', `${OK}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
  ['chunked in version 1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a broken head behind an interim one', 'HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 20 OK\r\n\r\n'],
  ['interim answers without end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(17)],
  ['a chunk without a size', chunked('\r\n')],
  ['a chunk size with a sign', chunked('-1\r\na\r\n0\r\n\r\n')],
  ['a chunk size with 0x', chunked('0x1\r\na\r\n0\r\n\r\n')],
  ['a chunk size that is no number', chunked('g\r\n')],
  ['a space before a chunk size', chunked(' 1\r\na\r\n0\r\n\r\n')],
  ['a space behind a chunk size', chunked('1 \r\na\r\n0\r\n\r\n')],
  ['an underscore in a chunk size', chunked('1_0\r\n')],
  ['a chunk size that no number holds', chunked('fffffffffffffffff\r\n')],
  ['a chunk size of many zeros', chunked('00000000000001\r\na\r\n0\r\n\r\n')],
  ['a chunk size that ends in a bare LF', chunked('1\na\r\n0\r\n\r\n')],
  ['a chunk size that ends in a bare CR', chunked('1\ra\r\n0\r\n\r\n')],
  ['a chunk size that ends in CR CR', chunked('1\r\r\na\r\n0\r\n\r\n')],
  ['chunk data longer than its size', chunked('1\r\nab\r\n0\r\n\r\n')],
  ['chunk data that ends in a bare LF', chunked('1\r\na\n0\r\n\r\n')],
  ['chunk data that ends in CR and no LF', chunked('1\r\na\rX0\r\n\r\n')],
  ['a NUL in an extension', chunked('1;a=\0\r\na\r\n0\r\n\r\n')],
  ['an extension without a name', chunked('1;\r\na\r\n0\r\n\r\n')],
  ['an extension without a semicolon', chunked('1 a\r\na\r\n0\r\n\r\n')],
  ['an extension without its value', chunked('1;a=\r\na\r\n0\r\n\r\n')],
  ['an extension whose quotes stay open', chunked('1;a="b\r\na\r\n0\r\n\r\n')],
  ['an extension with text behind its quotes', chunked('1;a="b"c\r\na\r\n0\r\n\r\n')],
  ['an extension that ends in a bare LF', chunked('1;a=b\na\r\n0\r\n\r\n')],
  ['extensions without end', chunked(`1;${'a'.repeat(20_000)}`)],
  ['small extensions without end', chunked('1;a\r\na\r\n'.repeat(9000))],
  ['a trailer without a colon', chunked('0\r\nA\r\n\r\n')],
  ['a folded trailer', chunked('0\r\nA: b\r\n c\r\n\r\n')],
  ['a trailer with a bare LF', chunked('0\r\nA: b\n\r\n')],
  ['trailers without end', chunked(`0\r\n${'A: b\r\n'.repeat(200)}`)],
  ['a large trailer', chunked(`0\r\nA: ${'b'.repeat(40_000)}`)],
  ['a last chunk that ends in a bare LF', chunked('0\r\n\n')],
  ['an end within the status line', 'HTTP/1.1 200', { ends: true }],
  ['an end within the head', `${OK}Content-Length: 2\r\n`, { ends: true }],
  ['an end behind an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n', { ends: true }],
  ['an end within a body of known length', `${OK}Content-Length: 3\r\n\r\nab`, { ends: true }],
  ['an end within a chunk', chunked('3\r\nab'), { ends: true }],
  ['an end before the last chunk', chunked('2\r\nab\r\n'), { ends: true }],
  ['an end before the last empty line', chunked('2\r\nab\r\n0\r\n'), { ends: true }],
]

describe('broken', () => {
  test.each(BROKEN.map(filled))('is an answer with %s', (_, raw, reading) => {
    const outcome = readAtOnce(raw, reading)
    expect(outcome.is).toBe('broken')
    if (raw.length < 1000) expectSameWhenSplit(raw, outcome, reading)
    expect(
      readPieces(
        [...Buffer.from(raw, 'latin1')].map((byte) => Buffer.of(byte)),
        reading,
      ).is,
    ).toBe('broken')
  })
})

const WHOLE: readonly WholeRow[] = [
  ['a known length', `${OK}Content-Length: 3\r\n\r\nabc`, 'abc'],
  ['a length with zeros before it', `${OK}Content-Length: 003\r\n\r\nabc`, 'abc'],
  ['length 0', `${OK}Content-Length: 0\r\n\r\n`, ''],
  ['no reason', 'HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na', 'a'],
  ['no reason and no space', 'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na', 'a'],
  ['a reason beyond ASCII', 'HTTP/1.1 500 Oriëntatie\r\nContent-Length: 1\r\n\r\na', 'a'],
  ['chunks', chunked('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'), 'abcde'],
  ['a coding in capitals', `${OK}transfer-encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n`, 'a'],
  ['a chunk size in capitals and small letters', chunked(`aA\r\n${'x'.repeat(170)}\r\n0\r\n\r\n`), 'x'.repeat(170)],
  ['a chunk size with zeros', chunked('0003\r\nabc\r\n000\r\n\r\n'), 'abc'],
  ['a line break in a chunk', chunked('4\r\n\r\n\r\n\r\n0\r\n\r\n'), '\r\n\r\n'],
  ['chunked and no chunk', chunked('0\r\n\r\n'), ''],
  ['extensions', chunked('1;a;b=c; d = "e\\"f; " ;g\r\na\r\n0;z\r\n\r\n'), 'a'],
  ['trailers', chunked('1\r\na\r\n0\r\nA: b\r\nContent-Length: 7\r\n\r\n'), 'a'],
  ['no length, up to the end', `${OK}\r\nabc`, 'abc', { ends: true }],
  ['no length and no body, up to the end', `${OK}\r\n`, '', { ends: true }],
  ['version 1.0, up to the end', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nabc', 'abc', { ends: true }],
  ['an answer to HEAD with a length', `${OK}Content-Length: 3\r\n\r\n`, '', { method: 'HEAD' }],
  ['an answer to HEAD that would be chunked', CHUNKED, '', { method: 'HEAD' }],
  ['an answer to HEAD without a length', `${OK}\r\n`, '', { method: 'HEAD' }],
  ['status 204', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
  ['status 304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n', ''],
  ['status 304 that would be chunked', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n', ''],
  [
    'interim answers before it',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: <a>\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
    'a',
  ],
  [
    'as many interim answers as there may be',
    `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(16)}${OK}Content-Length: 1\r\n\r\na`,
    'a',
  ],
  [
    'an interim answer with a length, which means nothing',
    `HTTP/1.1 103 Early\r\nContent-Length: 9\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
    'a',
  ],
  ['as many fields as there may be', `${OK}Content-Length: 1\r\n${'A: b\r\n'.repeat(126)}\r\na`, 'a'],
]

describe('whole', () => {
  test.each(WHOLE.map(filledWhole))('is an answer with %s', (_, raw, body, reading) => {
    const outcome = readAtOnce(raw, reading)
    expect({ is: outcome.is, body: outcome.body, hasExcess: outcome.hasExcess }).toEqual({
      is: 'whole',
      body,
      hasExcess: false,
    })
    expectSameWhenSplit(raw, outcome, reading)
  })

  test.each(WHOLE.map(filledWhole).filter(([, , , reading]) => reading.ends !== true))(
    '%s: bytes behind the end are none of its own',
    (_, raw, body, reading) => {
      const outcome = readAtOnce(`${raw}HTTP/1.1 200 OK\r\n`, reading)
      expect({ is: outcome.is, body: outcome.body, hasExcess: outcome.hasExcess }).toEqual({
        is: 'whole',
        body,
        hasExcess: true,
      })
      for (const pieces of splits(Buffer.from(`${raw}X`, 'latin1')).slice(-20)) {
        const split = readPieces(pieces, reading)
        expect({ is: split.is, body: split.body, hasExcess: split.hasExcess }).toEqual({
          is: 'whole',
          body,
          hasExcess: true,
        })
      }
    },
  )

  test.each(WHOLE.map(filledWhole))('%s: is not whole before its last byte', (_, raw, _body, reading) => {
    expect(readAtOnce(raw.slice(0, -1), { ...reading, ends: false }).is).toBe('unfinished')
  })
})

describe('a head', () => {
  test('hands on names in small letters, values without the blanks around them, in order, bytes as characters', () => {
    const raw = `${OK}X-B:  one two \t\r\nSET-COOKIE: a=1\r\nx-b:\r\nSet-Cookie: b=\xe9\xff\r\nContent-Length: 0\r\n\r\n`
    expect(readAtOnce(raw).head).toEqual({
      status: 200,
      fields: ['x-b', 'one two', 'set-cookie', 'a=1', 'x-b', '', 'set-cookie', 'b=\xe9\xff'],
      isAscii: false,
      contentLength: 0,
      hasBody: true,
    })
  })

  test('does not hand on what is about the connection and the framing', () => {
    const names = [
      'Keep-Alive',
      'Proxy-Authenticate',
      'Proxy-Connection',
      'TE',
      'Trailer',
      'Upgrade',
      'X-Named',
      'X-Also',
    ]
    const fields = names.map((name) => `${name}: a\r\n`).join('')
    const raw = `${OK}Connection: x-named, keep-alive\r\n${fields}Connection: X-ALSO\r\nKept: a\r\nContent-Length: 0\r\n\r\n`
    expect(readAtOnce(raw).head?.fields).toEqual(['kept', 'a'])
  })

  test('that Connection names cannot take the framing away', () => {
    const outcome = readAtOnce(`${OK}Connection: content-length\r\nContent-Length: 2\r\n\r\nab`)
    expect({ is: outcome.is, body: outcome.body }).toEqual({ is: 'whole', body: 'ab' })
  })

  test.each([
    ['known', `${OK}Content-Length: 3\r\n\r\nabc`, 'GET', 3, true],
    ['unknown', CHUNKED, 'GET', -1, true],
    ['of what GET would have had', `${OK}Content-Length: 3\r\n\r\n`, 'HEAD', 3, false],
    ['of what is not modified', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 'GET', 5, false],
    ['of nothing', 'HTTP/1.1 204 No Content\r\n\r\n', 'GET', -1, false],
  ])('says the length: %s', (_, raw, method, contentLength, hasBody) => {
    expect(readAtOnce(raw, { method }).head).toMatchObject({ contentLength, hasBody })
  })
})

describe('a connection', () => {
  const body = 'Content-Length: 1\r\n\r\na'
  test.each([
    ['version 1.1', `${OK}${body}`, true],
    ['version 1.1 with close', `${OK}Connection: close\r\n${body}`, false],
    ['version 1.1 with close in a list', `${OK}Connection: x, Close\r\n${body}`, false],
    ['version 1.1 with close and keep-alive', `${OK}Connection: close\r\nConnection: keep-alive\r\n${body}`, false],
    ['version 1.0', `HTTP/1.0 200 OK\r\n${body}`, false],
    ['version 1.0 with keep-alive', `HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n${body}`, true],
    ['version 1.0 with keep-alive and close', `HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n${body}`, false],
    ['status 204', 'HTTP/1.1 204 No Content\r\n\r\n', true],
    ['status 204 with length 0', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', true],
    ['status 204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n', false],
    ['status 204 that would be chunked', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', false],
  ])('is kept as it should be after %s', (_, raw, keepsAlive) => {
    const outcome = readAtOnce(raw)
    expect({ is: outcome.is, keepsAlive: outcome.keepsAlive }).toEqual({ is: 'whole', keepsAlive })
  })

  test('is not kept when its end is the end of the body', () => {
    expect(readAtOnce(`${OK}\r\na`, { ends: true }).keepsAlive).toBe(false)
  })
})

test('random answers, cut at random, are read byte for byte', () => {
  const random = createRandom(20_261_122)
  for (let round = 0; round < 400; round++) {
    const body = Array.from({ length: random(3) === 0 ? random(5000) : random(50) }, () =>
      String.fromCharCode(random(256)),
    ).join('')
    const fields = Array.from({ length: random(8) }, (_, i) => [`x-${i}`, 'v'.repeat(random(40))]).flat()
    const lines = fields.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('')
    const kind = random(3)
    const raw =
      kind === 0
        ? `${OK}${lines}Content-Length: ${body.length}\r\n\r\n${body}`
        : kind === 1
          ? `${OK}${lines}Transfer-Encoding: chunked\r\n\r\n${inChunks(body, random)}`
          : `${OK}${lines}\r\n${body}`
    const outcome = readPieces(cut(Buffer.from(raw, 'latin1'), random), { ends: kind === 2 })
    expect(outcome.is).toBe('whole')
    expect(outcome.body === body).toBe(true)
    expect(outcome.head?.fields).toEqual(fields)
    expect(outcome.hasExcess).toBe(false)
  }
})

function filled([what, raw, reading = {}]: Row): [string, string, Reading] {
  return [what, raw, reading]
}

function filledWhole([what, raw, body, reading = {}]: WholeRow): [string, string, string, Reading] {
  return [what, raw, body, reading]
}

function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function inChunks(body: string, random: (below: number) => number): string {
  let text = ''
  for (let at = 0; at < body.length;) {
    const size = 1 + random(Math.min(body.length - at, 700))
    const extension = random(4) === 0 ? ';a="b;\\"c"' : ''
    text += `${size.toString(16)}${extension}\r\n${body.slice(at, at + size)}\r\n`
    at += size
  }
  return `${text}0\r\n${random(2) === 0 ? '' : 'X-Sum: 1\r\n'}\r\n`
}

function cut(raw: Buffer, random: (below: number) => number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < raw.length;) {
    const size = 1 + random(random(2) === 0 ? 8 : 2000)
    pieces.push(raw.subarray(at, at + size))
    at += size
  }
  return pieces
}
