import { docsOf, type Diagnostic } from './locate.ts'
import { printable } from './printable.ts'

/**
 * One diagnostic as a workflow command of GitHub Actions: it becomes a note at its line in the pull request.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function formatGithub({ severity, code, message, hint, place }: Diagnostic): string {
  const properties = [
    ['file', place.file],
    ['line', String(place.line)],
    ['col', String(place.column)],
    ['endLine', String(place.endLine)],
    ['endColumn', String(place.endColumn)],
    ['title', code],
  ]
    .map(([name, value = '']) => `${name}=${escapeProperty(value)}`)
    .join(',')
  const text = [message, ...(hint === undefined ? [] : [`Hint: ${hint}`]), `Docs: ${docsOf(code)}`]
  return `::${severity} ${properties}::${text.map(escapeData).join('%0A')}`
}

/** A "%" is the only thing left that a command would read as its own: printable has taken line breaks out. */
function escapeData(text: string): string {
  return printable(text).replaceAll('%', '%25')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
