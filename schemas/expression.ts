import type { CallerFacts } from './table.ts'

/**
 * An expression in CEL as a function: its value, or undefined where evaluating it is an error (a member that is absent, an
 * overflow, a division by zero). A condition holds when it is exactly `true`.
 */
export type Expression = (environment: ExpressionEnvironment) => unknown

/** What an expression may name. */
export interface ExpressionEnvironment {
  readonly key: CallerFacts
  /** Of a verified token; nothing for a key. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly request: RequestFacts
}

export interface RequestFacts {
  readonly method: string
  /** In its one form. */
  readonly path: string
  /** The path's parameters, decoded. */
  readonly params: ReadonlyMap<string, string>
  /** Of a name that comes more than once the first value. */
  readonly query: ReadonlyMap<string, string>
  readonly queryAll: ReadonlyMap<string, readonly string[]>
  /** Lower-case names; several lines of one name are joined by ", ". */
  readonly headers: ReadonlyMap<string, string>
  /** The caller's, as text. */
  readonly address: string
  /** Milliseconds since 1970 UTC. */
  readonly timeMs: number
}

type OfOne = (value: unknown) => unknown
type OfTwo = (left: unknown, right: unknown) => unknown
type Later = () => unknown
type OfEach = (item: unknown) => unknown

/**
 * What expressions call: CEL's operators and functions by name. Each takes values that the others gave, `undefined` where
 * that was an error, and gives `undefined` for an error of its own.
 */
export interface ExpressionFunctions
  extends
    Readonly<Record<'not' | 'negate' | 'size' | 'timeOfMs', OfOne>>,
    Readonly<Record<'toInt' | 'toUint' | 'toDouble' | 'toText' | 'toBool' | 'toBytes', OfOne>>,
    Readonly<Record<'toTimestamp' | 'toDuration', OfOne>>,
    Readonly<Record<'add' | 'subtract' | 'multiply' | 'divide' | 'modulo', OfTwo>>,
    Readonly<Record<'equal' | 'notEqual' | 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual', OfTwo>>,
    Readonly<Record<'isIn' | 'contains' | 'startsWith' | 'endsWith' | 'at', OfTwo>>,
    Readonly<Record<'and' | 'or', (left: unknown, right: Later) => unknown>>,
    Readonly<Record<'all' | 'exists' | 'existsOne' | 'map' | 'filter', (range: unknown, each: OfEach) => unknown>> {
  readonly choose: (condition: unknown, yes: Later, no: Later) => unknown
  readonly mapWhere: (range: unknown, where: OfEach, each: OfEach) => unknown
  readonly member: (of: unknown, name: string) => unknown
  readonly has: (of: unknown, name: string) => unknown
  readonly matches: (text: unknown, pattern: string) => unknown
  /** A part of a time, such as "getHours", in a zone or in UTC; or of a duration. */
  readonly part: (of: unknown, part: string, zone?: string) => unknown
  readonly uint: (value: bigint) => unknown
  readonly bytes: (hex: string) => unknown
  readonly list: (items: readonly unknown[]) => unknown
  readonly entries: (entries: readonly (readonly [key: unknown, value: unknown])[]) => unknown
}
