import { Document, visit } from 'yaml'

/** What `keys new` writes of a key. */
export interface NewKey {
  readonly id: string
  readonly digest: string
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly plan: string | null
  /** A date, or a time as in RFC 3339. */
  readonly expires: string | null
}

/**
 * A key as it stands below `keys:`, line by line.
 *
 * @param step Columns from a name to what is inside it.
 */
export function keyEntry({ id, digest, roles, scopes, plan, expires }: NewKey, step: number): string[] {
  const document = new Document({
    [id]: {
      digest,
      ...(roles.length === 0 ? {} : { roles }),
      ...(scopes.length === 0 ? {} : { scopes }),
      ...(plan === null ? {} : { plan }),
      ...(expires === null ? {} : { expires }),
    },
  })
  visit(document, {
    Seq: (_, list) => {
      list.flow = true
    },
  })
  return document.toString({ indent: step, lineWidth: 0, flowCollectionPadding: false }).trimEnd().split('\n')
}
