import { isCelError, isCelList, isCelMap, isCelUint } from '@bufbuild/cel'
import { boxKindOf, isBoxed, isBytes, isJsonMap, isList, isMapOfCel } from '../../../../runtime/expressions/values.ts'

const NS_PER_SECOND = 1_000_000_000n

/** A value of ours or of the library's, as a text that is the same for both; "error" for an error. */
export function canonical(value: unknown): string {
  if (value === undefined || isCelError(value)) return 'error'
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return `int ${value}`
  if (typeof value === 'number') return Object.is(value, -0) ? 'double -0' : `double ${value}`
  if (typeof value === 'string') return JSON.stringify(value)
  if (isBytes(value)) return `bytes ${Buffer.from(value).toString('hex')}`
  if (isCelUint(value)) return `uint ${value.value}`
  if (isBoxed(value)) return `${boxKindOf(value)} ${value.value}`
  if (isList(value)) return listText(value)
  if (isCelList(value)) return listText([...value])
  if (isCelMap(value) || isMapOfCel(value)) return mapText([...value.entries()])
  const time = timeText(value)
  if (time !== null) return time
  if (isJsonMap(value)) return mapText(Object.entries(value))
  throw new TypeError('a value of no kind that CEL knows')
}

function listText(items: readonly unknown[]): string {
  return `[${items.map(canonical).join(', ')}]`
}

function mapText(entries: readonly (readonly [key: unknown, value: unknown])[]): string {
  return `{${entries
    .map(([key, value]) => `${canonical(key)}: ${canonical(value)}`)
    .sort()
    .join(', ')}}`
}

/** The library's times are messages of protobuf. */
function timeText(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('desc' in value) || !('message' in value)) return null
  // Safe: of the library's values only messages have a "desc" and a "message", and only times are in use here.
  const { desc, message } = value as {
    readonly desc: { readonly name: string }
    readonly message: { readonly seconds: bigint; readonly nanos: number }
  }
  return `${desc.name.toLowerCase()} ${message.seconds * NS_PER_SECOND + BigInt(message.nanos)}`
}
