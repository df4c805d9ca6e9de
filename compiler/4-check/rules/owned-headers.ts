import type { HeaderChanges } from '../../../schemas/config.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'

/** Of one connection only (RFC 9110, section 7.6.1), or what frames a message: the gateway writes them for each hop. */
const OF_CONNECTION =
  /^(host|content-length|transfer-encoding|connection|keep-alive|proxy-.*|te|trailer|upgrade|http2-settings|expect)$/
/** What upstreams are told of the request and its caller; they believe it because nobody else can write it. */
const OF_REQUEST =
  /^(x-keysmith-.*|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|client-cert.*|forwarded|via|traceparent|tracestate|x-request-id)$/
/** What callers are told by the gateway itself. */
const OF_ANSWER =
  /^(x-keysmith-.*|x-request-id|ratelimit|ratelimit-policy|deprecation|sunset|access-control-.*|date|cache-status)$/
/** Cannot be a credential: something else is read from them. */
const NO_CREDENTIAL = /^(origin|cookie|content-.*|accept.*|access-control-.*|user-agent|referer|range|if-.*)$/

/** Headers that the gateway writes or reads itself cannot be changed by the config. */
export function ownedHeaders({ settings, upstreams, routes }: LinkedConfig, report: Report): void {
  const ofRequest = (name: string): boolean => isOf(name, OF_CONNECTION, OF_REQUEST)
  const ofAnswer = (name: string): boolean => isOf(name, OF_CONNECTION, OF_ANSWER)

  for (const [i, name] of (settings.keys?.headers ?? []).entries()) {
    if (isOf(name, OF_CONNECTION, OF_REQUEST, NO_CREDENTIAL))
      report('key-header-owned', pointTo(settings.at, 'keys', 'headers', i), { name })
  }
  for (const { at, name } of upstreams.flatMap(({ headers }) => headers)) {
    if (ofRequest(name)) report('header-owned', { key: at }, { name })
  }
  for (const route of routes) {
    reportChanges(route.requestHeaders, ofRequest, ofRequest, report)
    // An upstream's "server" may be taken out; another must not be put in.
    reportChanges(route.responseHeaders, (name) => ofAnswer(name) || name === 'server', ofAnswer, report)
  }
}

function reportChanges(
  { set, remove }: HeaderChanges,
  isSetOwned: (name: string) => boolean,
  isRemoveOwned: (name: string) => boolean,
  report: Report,
): void {
  const setAt = new Map(set.map(({ at, name }) => [name, at]))
  for (const { at, name } of set) if (isSetOwned(name)) report('header-owned', { key: at }, { name })
  for (const { at, name } of remove) {
    const other = setAt.get(name)
    if (isRemoveOwned(name)) report('header-owned', at, { name })
    else if (other !== undefined)
      report('header-set-and-removed', at, { name }, { related: [{ message: 'set here', where: { key: other } }] })
  }
}

/** Many servers read "_" in a header's name as "-". */
function isOf(name: string, ...families: readonly RegExp[]): boolean {
  const plain = name.replaceAll('_', '-')
  return families.some((family) => family.test(plain))
}
