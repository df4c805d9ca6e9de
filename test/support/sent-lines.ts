import type { Exchange, LoadedUpstream } from '../../runtime/exchange.ts'
import { at } from '../../runtime/load-table.ts'
import { requestLines } from '../../runtime/request-lines.ts'

/** The header lines that the upstream of a decided request gets. @param ofUpstream Its own lines, secrets put in. */
export function sentLines(exchange: Exchange, ofUpstream = ''): string {
  const position = exchange.route?.row.upstream ?? -1
  const upstream: LoadedUpstream = {
    row: at(exchange.table.table.upstreams, position),
    position,
    identity: '',
    client: { send: nobody, retire: nobody, stats: () => [] },
    lines: ofUpstream,
  }
  return requestLines(exchange, upstream)
}

function nobody(): never {
  throw new Error('nothing is sent in this test')
}
