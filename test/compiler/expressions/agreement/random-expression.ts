import type { Random } from '../../../parity/random.ts'

/** What a random expression is to give. "any" is known only when it is evaluated. */
export type Kind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'ints'
  | 'strings'
  | 'map'
  | 'any'

/** Names of claims: some are always there, some sometimes, some never. */
export const CLAIM_NAMES = [
  'level',
  'org',
  'groups',
  'nested',
  'active',
  'maybe',
  '__proto__',
  'constructor',
  'toString',
]
export const METADATA_NAMES = ['region', 'team', 'tier', 'missing']
export const HEADER_NAMES = ['x-dry-run', 'x-count', 'accept', 'x-missing']
export const PARAMETERS = ['orderId', 'rest']
export const QUERY_NAMES = ['status', 'limit', 'none']

const INTS = [
  '0',
  '1',
  '-1',
  '2',
  '7',
  '-3',
  '100',
  '9223372036854775807',
  '-9223372036854775808',
  '4611686018427387904',
]
const UINTS = ['0u', '1u', '2u', '9u', '18446744073709551615u', '9223372036854775808u']
const DOUBLES = ['0.0', '-0.0', '1.0', '1.5', '-2.5', '1e308', '9223372036854775807.0', '1e19', '0.1', '-1e-7']
const TEXTS = [
  '',
  'a',
  'eu',
  'us',
  'admin',
  '12',
  '-7',
  'true',
  'Ä',
  '😀x',
  'a b',
  '1.5',
  '\\u2028',
  '${x}`',
  '*/',
  '1h',
  'x',
] as const
const PATTERNS = ['^a', 'e.$', '^[a-z]+$', 'd', '(?:eu|us)', '^\\\\d+$', 'x{2}', '[^a]']
const TIMES = [
  '2020-02-29T23:59:59Z',
  '1969-12-31T23:59:59.5Z',
  '9999-12-31T23:59:59Z',
  '0101-01-01T00:00:00Z',
  '2026-11-22T12:00:00.123+02:00',
  'x',
]
const DURATIONS = ['1h', '-90m', '1.5s', '300ms', '0', '2540400h', '1h1m1s', '-1ms', 'x']
const ZONES = ['', '', '"+05:30"', '"-08:00"']
const PARTS = [
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getMilliseconds',
]
const DURATION_PARTS = ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds']
const COMPARISONS = ['<', '<=', '>', '>=']
const NUMBERS = ['int', 'uint', 'double'] as const

type Make = (random: Random, depth: number, locals: readonly Local[]) => string

/** A name that a macro gave. */
interface Local {
  readonly name: string
  readonly kind: Kind
}

/** An expression of a kind, of at most so many levels. */
export function randomExpression(kind: Kind, random: Random, depth: number, locals: readonly Local[] = []): string {
  const fitting = locals.filter((local) => local.kind === kind)
  if (fitting.length > 0 && random.chance(0.5)) return random.pick(fitting).name
  if (depth <= 0 || random.chance(0.1)) return random.pick(LEAVES[kind])(random, depth, locals)
  if (random.chance(0.08)) return choice(kind, random, depth, locals)
  return random.pick(BRANCHES[kind])(random, depth, locals)
}

function choice(kind: Kind, random: Random, depth: number, locals: readonly Local[]): string {
  const of = (wanted: Kind): string => randomExpression(wanted, random, depth - 1, locals)
  return `(${of('bool')} ? ${of(kind)} : ${of(kind)})`
}

function quoted(text: string): string {
  return `"${text}"`
}

/** Fills "{int} + {int}" with random expressions. */
function form(text: string): Make {
  return (random, depth, locals) =>
    text.replace(/\{([a-z]+)\}/g, (_, kind: string) => {
      // Safe: the forms below name kinds only.
      return randomExpression(kind as Kind, random, depth - 1, locals)
    })
}

function constant(texts: readonly string[]): Make {
  return (random) => random.pick(texts)
}

function dynamic(make: Make): Make {
  return (random, depth, locals) => `dyn(${make(random, depth, locals)})`
}

/** A macro: its step sees one more name. */
function macro(name: string, range: Kind, element: Kind, step: Kind): Make {
  return (random, depth, locals) => {
    const local = { name: `v${locals.length}`, kind: element }
    const of = randomExpression(range, random, depth - 1, locals)
    return `(${of}).${name}(${local.name}, ${randomExpression(step, random, depth - 1, [...locals, local])})`
  }
}

const claim: Make = (random) => {
  const name = random.pick(CLAIM_NAMES)
  return random.chance(0.5) ? `claims.${name}` : `claims["${name}"]`
}
const textOf: Make = (random) =>
  random.pick([
    () => `key.metadata.${random.pick(METADATA_NAMES)}`,
    () => `request.headers["${random.pick(HEADER_NAMES)}"]`,
    () => `request.query.${random.pick(QUERY_NAMES)}`,
    () => `request.params.${random.pick(PARAMETERS)}`,
    () => random.pick(['key.id', 'key.tenant', 'request.method', 'request.path', 'request.address']),
  ])()

const LEAVES: Readonly<Record<Kind, readonly Make[]>> = {
  bool: [
    constant(['true', 'false']),
    (random) => `has(key.metadata.${random.pick(METADATA_NAMES)})`,
    (random) => `("${random.pick(HEADER_NAMES)}" in request.headers)`,
    (random) => `has(claims.${random.pick(CLAIM_NAMES)})`,
  ],
  int: [constant(INTS)],
  uint: [constant(UINTS)],
  double: [constant(DOUBLES)],
  string: [(random) => quoted(random.pick(TEXTS)), textOf, textOf],
  bytes: [constant(['b"abc"', 'b"\\xff"', 'b""', 'b"é"'])],
  timestamp: [(random) => `timestamp("${random.pick(TIMES)}")`, constant(['request.time'])],
  duration: [(random) => `duration("${random.pick(DURATIONS)}")`],
  ints: [constant(['[1, 2, 3]', '[0]', '[9223372036854775807, 1]'])],
  strings: [
    constant(['key.scopes', 'key.roles', '["a", "eu"]']),
    (random) => `request.queryAll.${random.pick(QUERY_NAMES)}`,
  ],
  map: [constant(['{"a": 1, "b": 2}', '{"region": 7}', '{"a": 1, "a": 2}'])],
  any: [
    claim,
    claim,
    (random) => `claims.nested.${random.pick(['a', 'b', 'list'])}`,
    (random) => `dyn(${random.pick([...INTS, ...UINTS, ...DOUBLES])})`,
    constant(['dyn(null)', 'dyn("a")']),
  ],
}

const ARITHMETIC = (kind: Kind, signs: readonly string[]): Make[] =>
  signs.map((sign) => form(`({${kind}} ${sign} {${kind}})`))

const BRANCHES: Readonly<Record<Kind, readonly Make[]>> = {
  bool: [
    form('({bool} && {bool})'),
    form('({bool} || {bool})'),
    form('!({bool})'),
    form('({any} == {any})'),
    form('({any} != {any})'),
    ...(['int', 'string', 'double', 'strings', 'ints', 'map', 'bytes', 'timestamp', 'duration'] as const).map((kind) =>
      form(`({${kind}} == {${kind}})`),
    ),
    (random, depth, locals) =>
      form(`({${random.pick(NUMBERS)}} ${random.pick([...COMPARISONS, '=='])} {${random.pick(NUMBERS)}})`)(
        random,
        depth,
        locals,
      ),
    (random, depth, locals) =>
      form(`({any} ${random.pick(COMPARISONS)} {${random.pick(['any', 'int', 'string'])}})`)(random, depth, locals),
    (random, depth, locals) => {
      const kind = random.pick(['string', 'timestamp', 'duration', 'bytes', 'bool'])
      return form(`({${kind}} ${random.pick(COMPARISONS)} {${kind}})`)(random, depth, locals)
    },
    form('({string} in {strings})'),
    form('({int} in {ints})'),
    form('({string} in {map})'),
    form('({any} in {any})'),
    form('({string}).contains({string})'),
    form('({string}).startsWith({string})'),
    form('({string}).endsWith({string})'),
    (random, depth, locals) => form(`({string}).matches("${random.pick(PATTERNS)}")`)(random, depth, locals),
    form('bool({string})'),
    macro('exists', 'strings', 'string', 'bool'),
    macro('all', 'ints', 'int', 'bool'),
    macro('exists_one', 'ints', 'int', 'bool'),
    macro('exists', 'any', 'any', 'bool'),
    macro('all', 'map', 'string', 'bool'),
    form('!({any})'),
    form('({any} && {bool})'),
    form('({bool} || {any})'),
  ],
  int: [
    ...ARITHMETIC('int', ['+', '-', '*', '/', '%']),
    form('-({int})'),
    form('size({string})'),
    form('({strings}).size()'),
    form('size({map})'),
    form('size({bytes})'),
    form('int({uint})'),
    form('int({double})'),
    form('int({timestamp})'),
    form('({ints})[{int}]'),
    form('({map})[{string}]'),
    (random, depth, locals) =>
      form(`({timestamp}).${random.pick(PARTS)}(${random.pick(ZONES)})`)(random, depth, locals),
    (random, depth, locals) => form(`({duration}).${random.pick(DURATION_PARTS)}()`)(random, depth, locals),
    (random) => `int("${random.pick(['12', '-7', '9223372036854775808', 'a', '007'])}")`,
  ],
  uint: [
    ...ARITHMETIC('uint', ['+', '-', '*', '%']),
    form('({uint} / ({uint} + 2u))'),
    form('({uint} / 0u)'),
    form('uint({int})'),
    form('uint({double})'),
  ],
  double: [
    ...ARITHMETIC('double', ['+', '-', '*', '/']),
    form('-({double})'),
    form('double({int})'),
    form('double({uint})'),
  ],
  string: [
    form('({string} + {string})'),
    form('string({int})'),
    form('string({uint})'),
    form('string({double})'),
    form('string({bytes})'),
    form('string({duration})'),
    form('string({timestamp})'),
    form('({strings})[{int}]'),
    form('string({bool})'),
  ],
  bytes: [form('({bytes} + {bytes})'), form('bytes({string})')],
  timestamp: [
    form('({timestamp} + {duration})'),
    form('({timestamp} - {duration})'),
    form('({duration} + {timestamp})'),
  ],
  duration: [form('({duration} + {duration})'), form('({duration} - {duration})'), form('({timestamp} - {timestamp})')],
  ints: [
    form('[{int}, {int}]'),
    form('({ints} + {ints})'),
    macro('map', 'strings', 'string', 'int'),
    macro('filter', 'ints', 'int', 'bool'),
  ],
  strings: [
    form('[{string}, {string}]'),
    form('({strings} + {strings})'),
    macro('filter', 'strings', 'string', 'bool'),
    macro('map', 'map', 'string', 'string'),
  ],
  map: [form('{"a": {int}, "b": {int}}'), form('{{string}: {int}}')],
  any: [
    claim,
    form('({any} + {any})'),
    form('({any} * {any})'),
    form('({any})[{int}]'),
    form('dyn({int})'),
    form('dyn({strings})'),
    form('dyn({double})'),
    form('({any}).a'),
    form('({any})[{string}]'),
    form('dyn(size({any}))'),
    dynamic(macro('map', 'any', 'any', 'any')),
  ],
}
