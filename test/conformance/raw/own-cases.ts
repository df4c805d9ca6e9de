import type { RawCase, RawRequest } from './raw-case.ts'

/** Behind everything, in the same segment: must never be run. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const CHUNKED = 'Transfer-Encoding: chunked'
const JSON_TYPE = 'Content-Type: application/json'

/** What must be refused whatever becomes of its body. */
const REFUSED: Readonly<Record<string, string>> = {
  'CL.TE': post(['Content-Length: 41', CHUNKED], `0\r\n\r\n${SMUGGLED}`),
  'TE.CL': post([CHUNKED, 'Content-Length: 4'], `2f\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  'CL.TE with the coding in a list': post(['Content-Length: 5', 'Transfer-Encoding: , chunked'], '0\r\n\r\n'),
  'CL.TE with a second coding': post(['Content-Length: 5', CHUNKED, 'Transfer-Encoding: identity'], '0\r\n\r\n'),
  'CL.TE with an upper-case coding': post(['Content-Length: 5', 'TRANSFER-ENCODING: CHUNKED'], '0\r\n\r\n'),
  'CL.TE with the coding named by Connection': post(
    ['Connection: transfer-encoding', 'Content-Length: 5', CHUNKED],
    '',
  ),
  'CL.TE with a tab before the coding': post(['Content-Length: 5', 'Transfer-Encoding:\tchunked'], '0\r\n\r\n'),
  'CL.TE with a quoted coding': post(['Content-Length: 5', 'Transfer-Encoding: "chunked"'], '0\r\n\r\n'),
  'two equal lengths': post(['Content-Length: 1', 'Content-Length: 1'], '7'),
  'two lengths, the smaller first': post(['Content-Length: 0', `Content-Length: ${SMUGGLED.length}`], ''),
  'two lengths, the larger first': post([`Content-Length: ${SMUGGLED.length}`, 'Content-Length: 0'], ''),
  'a list of lengths': post(['Content-Length: 1, 1'], '7'),
  'a length with a sign': post(['Content-Length: +1'], '7'),
  'a length with a point': post(['Content-Length: 1.0'], '7'),
  'a length with an exponent': post(['Content-Length: 1e0'], '7'),
  'a length with a blank in it': post(['Content-Length: 0 1'], '7'),
  'a length with an underscore in it': post(['Content-Length: 1_0'], '7'),
  'a length in other digits': post(['Content-Length: \xd9\xa1'], '7'),
  'a length with a comment': post(['Content-Length: 1;a'], '7'),
  'a folded length': post(['Content-Length:\r\n 1'], '7'),
  'a folded coding': post(['Transfer-Encoding:\r\n chunked'], '0\r\n\r\n'),
  'a coding in a fold of another field': post(['X: y\r\n Transfer-Encoding: chunked', 'Content-Length: 1'], '7'),
  'a fold behind the request line': `POST /first HTTP/1.1\r\n Host: a\r\nContent-Length: 1\r\n\r\n7`,
  'a blank before the colon of a length': post(['Content-Length : 1'], '7'),
  'a tab before the colon of a coding': post(['Transfer-Encoding\t: chunked'], '0\r\n\r\n'),
  'a blank before a name': post([' Content-Length: 1'], '7'),
  'a blank within a name': post(['Content Length: 1'], '7'),
  'a line without a colon': post(['Content-Length 1'], '7'),
  'a control character before a name': post(['\x0bTransfer-Encoding: chunked', 'Content-Length: 1'], '7'),
  'a control character within a coding': post(['Transfer-Encoding: chun\x01ked'], '0\r\n\r\n'),
  'NUL behind a coding': post(['Transfer-Encoding: chunked\0'], '0\r\n\r\n'),
  'line ends without CR': 'POST /first HTTP/1.1\nHost: a\nContent-Length: 1\n\n7',
  'one line end without CR': post(['X: y\nTransfer-Encoding: chunked', 'Content-Length: 1'], '7'),
  'an absolute target': 'GET http://a/first HTTP/1.1\r\nHost: a\r\n\r\n',
  'an absolute target of another host': 'GET http://b/first HTTP/1.1\r\nHost: a\r\n\r\n',
  'a target with a user': 'GET //b@a/first HTTP/1.1\r\nHost: a\r\n\r\n',
  'a target without a slash': 'GET first HTTP/1.1\r\nHost: a\r\n\r\n',
  'a target with a fragment': 'GET /first#x HTTP/1.1\r\nHost: a\r\n\r\n',
  'a target with a blank': 'GET /first HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n',
  'a tunnel': 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n',
  'another version': 'GET /first HTTP/1.2\r\nHost: a\r\n\r\n',
  'no version': 'GET /first\r\nHost: a\r\n\r\n',
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'no Host': 'GET /first HTTP/1.1\r\nX: y\r\n\r\n',
  'two Hosts': 'GET /first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'a body on GET that is a request': `GET /first HTTP/1.1\r\nHost: a\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`,
}

/** The engine waits for more of these, until its timer closes the connection. */
const WAITED_FOR = new Set(['no version'])

/** Chunks that are not as they must be, on a route that reads its body whole. What the engine takes of them ends there. */
const CHUNKS: Readonly<Record<string, string>> = {
  'a size in no digits': 'x\r\n7\r\n0\r\n\r\n',
  'a size with a prefix': '0x1\r\n7\r\n0\r\n\r\n',
  'a size with a sign': '+1\r\n7\r\n0\r\n\r\n',
  'a size below zero': '-1\r\n7\r\n0\r\n\r\n',
  'a size with an underscore': '1_\r\n7\r\n0\r\n\r\n',
  'a size behind a blank': ' 1\r\n7\r\n0\r\n\r\n',
  'a size before a blank': '1 \r\n7\r\n0\r\n\r\n',
  'a size of 17 digits': '00000000000000001\r\n7\r\n0\r\n\r\n',
  'a size beyond any number': 'fffffffffffffffff\r\n7\r\n0\r\n\r\n',
  'no size': '\r\n7\r\n0\r\n\r\n',
  'an extension': '1;a=b\r\n7\r\n0\r\n\r\n',
  'an extension that a line end without CR ends': `1;\n7\r\n${SMUGGLED.length.toString(16)}\r\n`,
  'an extension that CR ends': `1;\r7\r\n${SMUGGLED.length.toString(16)}\r\n`,
  'a size line without CR': '1\n7\r\n0\r\n\r\n',
  'a size line without LF': '1\r7\r\n0\r\n\r\n',
  'data that is longer than its size': '1\r\n77\r\n0\r\n\r\n',
  'data that is shorter than its size': '2\r\n7\r\n0\r\n\r\n',
  'data without a line end': '1\r\n70\r\n\r\n',
  'a last chunk without its line end': '1\r\n7\r\n0\r\nXX',
  'a last chunk without any line end': '1\r\n7\r\n0',
  trailers: '1\r\n7\r\n0\r\nX-Trailer: y\r\n\r\n',
  'a trailer that frames': '1\r\n7\r\n0\r\nContent-Length: 100\r\n\r\n',
}

/** Cases of the families that matter, each with a request behind it; they need nothing but what is here. */
export const OWN_REFUSED: readonly RawCase[] = Object.entries(REFUSED).map(([name, text]) => ({
  ...caseOf(name, text + SMUGGLED, 'reject', []),
  isUnfinished: WAITED_FOR.has(name),
}))

/** The bodies are JSON when they are read as the engine does: whatever it takes for one is served, once. */
export const OWN_CHUNKS: readonly RawCase[] = Object.entries(CHUNKS).map(([name, body]) =>
  // What the engine waits for may be in none of the bytes.
  ({ ...caseOf(name, post([JSON_TYPE, CHUNKED], body) + SMUGGLED, 'reject', []), isUnfinished: true }),
)

/** What must be served, on any route, and what of it reaches the upstream. */
export const OWN_ACCEPTED: readonly RawCase[] = [
  caseOf('blanks around a value', post([JSON_TYPE, 'Content-Length: \t1 \t'], '7'), 'accept', [firstWith(1)]),
  caseOf('a length with zeroes ahead', post([JSON_TYPE, 'Content-Length: 001'], '7'), 'accept', [firstWith(1)]),
  caseOf('a length in another case', post([JSON_TYPE, 'cONTENT-lENGTH: 1'], '7'), 'accept', [firstWith(1)]),
  caseOf('fields that only look like framing', post([JSON_TYPE, ...disguised(), 'Content-Length: 1'], '7'), 'accept', [
    firstWith(1),
  ]),
  caseOf(
    'a body that looks like a request',
    post([JSON_TYPE, `Content-Length: ${JSON.stringify(SMUGGLED).length}`], JSON.stringify(SMUGGLED)),
    'accept',
    [firstWith(JSON.stringify(SMUGGLED).length)],
  ),
]

/** Names that a careless server takes for what they are not. */
function disguised(): string[] {
  const names = [
    'Transfer_Encoding',
    'Transfer.Encoding',
    'Transfer-%45ncoding',
    'Transfer%2DEncoding',
    "Transfer'Encoding",
  ]
  return [
    ...names.map((name) => `${name}: chunked`),
    'Content_Length: 60',
    'Content.Length: 60',
    'Content%2dLength: 60',
  ]
}

function post(fields: readonly string[], body: string): string {
  return `POST /first HTTP/1.1\r\nHost: a\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n${body}`
}

function firstWith(bodyBytes: number): RawRequest {
  return { method: 'POST', target: '/first', bodyBytes }
}

function caseOf(name: string, text: string, expect: RawCase['expect'], requests: readonly RawRequest[]): RawCase {
  return { name, bytes: Buffer.from(text, 'latin1'), expect, requests, isUnfinished: false }
}
