import { isMap, isScalar, isSeq, type ParsedNode } from 'yaml'

/**
 * The plain value of a parsed node. Members keep their names as they are written (`3:` is "3"), so that the pointer of a
 * value is what a person reads in the file.
 */
export function toValue(node: ParsedNode | null): unknown {
  if (isScalar(node)) return node.value
  if (isSeq(node)) return node.items.map((item) => toValue(item as ParsedNode))
  if (!isMap(node)) return null
  const value: Record<string, unknown> = {}
  for (const pair of node.items) {
    // A member named __proto__ must be a member like any other.
    Object.defineProperty(value, keyText(pair.key), {
      value: toValue(pair.value as ParsedNode),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return value
}

/** The name of a member as written. Only scalars are names; parse-yaml refuses the rest. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return ''
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}
