import type { GatewayTable } from '../../schemas/table.ts'
import type { CompiledExpression } from '../expressions/expression.ts'
import type { FieldsDraft } from './fields.ts'
import type { KeyColumns } from './key-columns.ts'
import type { Pointer } from '../diagnostics/report.ts'

/** The lists of the table whose rows come from one place of the config each. */
export type PlacedList =
  | 'secrets'
  | 'upstreams'
  | 'apis'
  | 'limits'
  | 'routes'
  | 'tenants'
  | 'limitSets'
  | 'addressSets'
  | 'facts'
  | 'keys'
  | 'digests'
  | 'signers'
  | 'identities'
  | 'scopes'
  | 'roles'
  | 'guests'

/** The table before it is text: its rows, where each comes from, and the schemas whose validators it needs. */
export interface TableDraft {
  readonly table: Omit<GatewayTable, 'configHash' | 'validators' | 'expressions' | 'fields'>
  /** Row by row. */
  readonly places: Readonly<Record<PlacedList, readonly Pointer[]>>
  /** The keys, where they are too many to be written in the table; then its own lists of them are empty. */
  readonly keyColumns: KeyColumns | null
  /** What each class may do, for the reader: its keys and its routes. */
  readonly classNotes: readonly string[]
  readonly schemas: ValidatorSchemas
  /** By position. */
  readonly expressions: readonly CompiledExpression[]
  readonly fields: readonly FieldsDraft[]
}

export interface ValidatorSchemas {
  readonly bodies: readonly unknown[]
  readonly queries: readonly unknown[]
}
