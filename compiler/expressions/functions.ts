import type { ExpressionFunctions } from '../../schemas/expression.ts'
import { BOOL, DYN, INT, type CelType, type ScalarKind } from './types.ts'

/** What a function gives: a type, or that of its two lists together. */
type Result = CelType | 'joined'

interface Overload {
  /** Of a method what stands before the dot comes first. */
  readonly takes: readonly (ScalarKind | 'list' | 'map')[]
  readonly gives: Result
}

export interface CelFunction {
  /** Who does its work when it is evaluated. */
  readonly helper: keyof ExpressionFunctions
  /** As a person writes it. */
  readonly name: string
  readonly overloads: readonly Overload[]
}

const NUMBER_KINDS = ['int', 'uint', 'double'] as const
const CONVERTIBLE = ['int', 'uint', 'double', 'string'] as const

/** "int int > int": what is taken, and what is given. */
function signatures(...texts: readonly string[]): Overload[] {
  return texts.map((text) => {
    const [takes = '', gives = ''] = text.split(' > ')
    // Safe: the texts are those of this file, and each word in them is a kind.
    const kinds = takes.split(' ') as Overload['takes'][number][]
    const result = { kind: gives } as CelType
    return { takes: kinds, gives: result }
  })
}

const COMPARISONS = signatures(
  ...NUMBER_KINDS.flatMap((left) => NUMBER_KINDS.map((right) => `${left} ${right} > bool`)),
  ...['bool', 'string', 'bytes', 'timestamp', 'duration'].map((kind) => `${kind} ${kind} > bool`),
)

const ARITHMETIC = NUMBER_KINDS.map((kind) => `${kind} ${kind} > ${kind}`)
const TEXT_SUMS = ['string string > string', 'bytes bytes > bytes']
const TIME_SUMS = ['timestamp duration > timestamp', 'duration timestamp > timestamp', 'duration duration > duration']
const TIME_DIFFERENCES = [
  'timestamp timestamp > duration',
  'timestamp duration > timestamp',
  'duration duration > duration',
]
const SIZES = signatures('string > int', 'bytes > int', 'list > int', 'map > int')
const TEXT_TESTS = signatures('string string > bool')

/** Operators and global functions, by the parser's names. Equality, `in`, logic, index and macros are read by themselves. */
export const FUNCTIONS: ReadonlyMap<string, CelFunction> = functionsOf([
  [
    '_+_',
    'add',
    '+',
    [...signatures(...ARITHMETIC, ...TEXT_SUMS, ...TIME_SUMS), { takes: ['list', 'list'], gives: 'joined' }],
  ],
  ['_-_', 'subtract', '-', signatures(...ARITHMETIC, ...TIME_DIFFERENCES)],
  ['_*_', 'multiply', '*', signatures(...ARITHMETIC)],
  ['_/_', 'divide', '/', signatures(...ARITHMETIC)],
  ['_%_', 'modulo', '%', signatures('int int > int', 'uint uint > uint')],
  ['-_', 'negate', '-', signatures('int > int', 'double > double')],
  ['!_', 'not', '!', signatures('bool > bool')],
  ['_<_', 'less', '<', COMPARISONS],
  ['_<=_', 'lessOrEqual', '<=', COMPARISONS],
  ['_>_', 'greater', '>', COMPARISONS],
  ['_>=_', 'greaterOrEqual', '>=', COMPARISONS],
  ['size', 'size', 'size', SIZES],
  ['int', 'toInt', 'int', conversions(INT, [...CONVERTIBLE, 'timestamp', 'duration'])],
  ['uint', 'toUint', 'uint', conversions({ kind: 'uint' }, CONVERTIBLE)],
  ['double', 'toDouble', 'double', conversions({ kind: 'double' }, CONVERTIBLE)],
  [
    'string',
    'toText',
    'string',
    conversions({ kind: 'string' }, [...CONVERTIBLE, 'bool', 'bytes', 'timestamp', 'duration']),
  ],
  ['bool', 'toBool', 'bool', conversions(BOOL, ['bool', 'string'])],
  ['bytes', 'toBytes', 'bytes', conversions({ kind: 'bytes' }, ['bytes', 'string'])],
  ['timestamp', 'toTimestamp', 'timestamp', conversions({ kind: 'timestamp' }, ['timestamp', 'string', 'int'])],
  ['duration', 'toDuration', 'duration', conversions({ kind: 'duration' }, ['duration', 'string'])],
])

/** Functions behind a dot. `matches` and the parts of times, whose arguments must stand there, are read by themselves. */
export const METHODS: ReadonlyMap<string, CelFunction> = functionsOf([
  ['size', 'size', 'size', SIZES],
  ['contains', 'contains', 'contains', TEXT_TESTS],
  ['startsWith', 'startsWith', 'startsWith', TEXT_TESTS],
  ['endsWith', 'endsWith', 'endsWith', TEXT_TESTS],
])

/** Parts of a duration. */
export const DURATION_PARTS = ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'] as const
/** Parts of a time. */
export const TIME_PARTS = [
  ...DURATION_PARTS,
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
] as const

/** What a function gives for arguments of these types; undefined when it takes no such. */
export function resultOf({ overloads }: CelFunction, types: readonly CelType[]): CelType | undefined {
  const results = overloads
    .filter(({ takes }) => takes.length === types.length && takes.every((kind, i) => takesKind(kind, types[i] ?? DYN)))
    .map(({ gives }) => giveType(gives, types))
  const [first] = results
  if (first === undefined) return undefined
  return results.every(({ kind }) => kind === first.kind) ? first : DYN
}

function takesKind(kind: string, type: CelType): boolean {
  return type.kind === kind || type.kind === 'dyn'
}

function giveType(gives: Result, types: readonly CelType[]): CelType {
  if (gives !== 'joined') return gives
  const [left = DYN, right = DYN] = types
  // One that is not known may be a list of anything.
  const element = left.kind === 'list' && right.kind === 'list' ? joinElements(left.element, right.element) : DYN
  return { kind: 'list', element }
}

function joinElements(left: CelType, right: CelType): CelType {
  return left.kind === right.kind && left.kind !== 'list' && left.kind !== 'map' ? left : DYN
}

function conversions(gives: CelType, kinds: readonly ScalarKind[]): Overload[] {
  return kinds.map((kind) => ({ takes: [kind], gives }))
}

type Entry = readonly [key: string, helper: keyof ExpressionFunctions, name: string, overloads: readonly Overload[]]

function functionsOf(entries: readonly Entry[]): ReadonlyMap<string, CelFunction> {
  return new Map(entries.map(([key, helper, name, overloads]) => [key, { helper, name, overloads }]))
}
