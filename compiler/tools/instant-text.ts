/** A point in time as the language writes it: a date where it is the first instant of one, else a time in UTC. */
export function instantText(ms: number): string {
  const text = new Date(ms).toISOString()
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.replace('.000Z', 'Z')
}
