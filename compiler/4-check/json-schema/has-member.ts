import { isSchemaObject } from './subschemas.ts'

/**
 * False when a schema closes an object to a member that a path leads to. What stands behind references and combinations is
 * taken to allow it.
 *
 * @param names Of members, from the outside in.
 */
export function hasMember(schema: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined || !isSchemaObject(schema)) return schema !== false
  const { properties, patternProperties, additionalProperties, unevaluatedProperties } = schema
  if (isSchemaObject(properties) && Object.hasOwn(properties, name)) return hasMember(properties[name], rest)
  if (patternProperties !== undefined) return true
  return additionalProperties !== false && unevaluatedProperties !== false
}
