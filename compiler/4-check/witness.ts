import type { LinkedMatch, LinkedRoute, Segment } from '../3-link/linked.ts'
import { joinMatches } from './match-logic.ts'

/** Words a request that a person could send, such as `GET /v1/orders/1?debug=1 with "x-api-version: 2"`. */
export type WitnessOf = (method: string, segments: readonly Segment[], matches: readonly LinkedMatch[]) => string

/** @param routes All of them: a parameter's value in a witness is the literal segment of none. */
export function createWitness(routes: readonly LinkedRoute[]): WitnessOf {
  const value = freshSegment(routes)
  return (method, segments, matches) => {
    const path = '/' + segments.flatMap((segment) => textOf(segment, value)).join('/')
    const { headers, query, hosts } = joinMatches(matches)
    const lines = new Set([...headers, ...hosts.map((host) => ['host', host])].map((line) => `"${line.join(': ')}"`))
    const withLines = lines.size === 0 ? '' : ` with ${[...lines].join(' and ')}`
    const pairs = new Set(query.map((pair) => pair.map(encodeURIComponent).join('=')))
    return `${method} ${path}${pairs.size === 0 ? '' : '?' + [...pairs].join('&')}${withLines}`
  }
}

/** A segment that no path names, so that only parameters take it. */
export function freshSegment(routes: readonly LinkedRoute[]): string {
  const literals = new Set(
    routes.flatMap(({ segments }) => segments.map((segment) => (segment.kind === 'literal' ? segment.text : ''))),
  )
  for (let number = 1; ; number++) {
    if (!literals.has(String(number))) return String(number)
  }
}

function textOf(segment: Segment, value: string): string[] {
  if (segment.kind === 'literal') return [segment.text]
  return segment.kind === 'parameter' ? [value] : []
}
