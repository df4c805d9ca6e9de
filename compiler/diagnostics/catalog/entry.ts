/** What is said of one diagnostic: names in braces are put in. */
export interface CatalogEntry {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly why: string
}

/** Diagnostics by code. */
export type CatalogEntries = Readonly<Record<string, CatalogEntry>>
