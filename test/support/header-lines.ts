/** Finished header lines taken apart again. @throws When they are not lines of a name, ": " and a value, each ended by CR LF. */
export function parseLines(lines: string): [name: string, value: string][] {
  if (lines === '') return []
  if (!lines.endsWith('\r\n')) throw new Error(`the last line is open: ${JSON.stringify(lines)}`)
  return lines
    .slice(0, -2)
    .split('\r\n')
    .map((line) => {
      const match = /^([a-z0-9!#$%&'*+.^_`|~-]+): ([^\r\n]*)$/.exec(line)
      if (match === null) throw new Error(`not a header line: ${JSON.stringify(line)}`)
      return [match[1] ?? '', match[2] ?? '']
    })
}

/** The values of a header's lines, in their order. */
export function valuesOf(lines: string, name: string): string[] {
  return parseLines(lines)
    .filter(([one]) => one === name)
    .map(([, value]) => value)
}
