import { CATALOG } from './catalog.ts'
import { safeJson, LISTED_MAX } from './json.ts'
import { docsOf, type Diagnostic, type Place } from './locate.ts'

/**
 * What code scanning reads, without a line break at the end.
 *
 * @see SARIF 2.1.0, OASIS Standard.
 */
export function formatSarif(diagnostics: readonly Diagnostic[], version: string): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort()
  const rules = codes.map((code) => ({
    id: code,
    shortDescription: { text: CATALOG[code].message },
    fullDescription: { text: CATALOG[code].why },
    help: { text: docsOf(code) },
    defaultConfiguration: { level: CATALOG[code].severity },
  }))
  const results = diagnostics.slice(0, LISTED_MAX).map((diagnostic) => ({
    ruleId: diagnostic.code,
    ruleIndex: codes.indexOf(diagnostic.code),
    level: diagnostic.severity,
    message: { text: [diagnostic.message, ...(diagnostic.hint === undefined ? [] : [diagnostic.hint])].join(' ') },
    locations: [{ physicalLocation: locationOf(diagnostic.place) }],
    ...(diagnostic.related.length === 0
      ? {}
      : {
          relatedLocations: diagnostic.related.map(({ message, place }) => ({
            message: { text: message },
            physicalLocation: locationOf(place),
          })),
        }),
  }))
  return safeJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'keysmith', version, rules } }, columnKind: 'utf16CodeUnits', results }],
  })
}

function locationOf({ file, line, column, endLine, endColumn }: Place): object {
  return {
    artifactLocation: { uri: file.split('/').map(encodeSegment).join('/') },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  }
}

/** Half of a surrogate pair, which a name in a config can hold, is not encodable: as a file name it is U+FFFD. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(Buffer.from(segment).toString())
}
