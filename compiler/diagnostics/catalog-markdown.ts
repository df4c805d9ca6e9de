import { CATALOG, type DiagnosticCode } from './catalog.ts'

/**
 * The page that explains every diagnostic: a heading for each code, in alphabetical order.
 *
 * @param exampleOf What is printed of a small config that has this fault.
 */
export function catalogMarkdown(exampleOf: (code: DiagnosticCode) => string): string {
  // Safe: the names of the object that the type is made from.
  const codes = (Object.keys(CATALOG) as DiagnosticCode[]).sort()
  return [INTRODUCTION, ...codes.map((code) => section(code, exampleOf(code)))].join('\n')
}

const INTRODUCTION = `<!-- Generated from compiler/diagnostics/catalog.ts. Do not edit; run: npm run generate -->

# Diagnostics

What \`keysmith check\` can find in a config, by code. Errors keep a config from being compiled or served. Warnings do not,
but with \`--strict\` they fail the check; a comment on the line above allows one: \`# keysmith allow <code>: reason\`.
`

function section(code: DiagnosticCode, example: string): string {
  const { severity, message, why } = CATALOG[code]
  return `## ${code}

*${severity}* · ${inline(message)}

${inline(why)}

\`\`\`text
${example.trimEnd()}
\`\`\`
`
}

/** Text as it stands, whatever it means in Markdown. */
function inline(text: string): string {
  return text.replace(/[\\`*_<[]/g, '\\$&')
}
