import type { ListenRow } from '../../../schemas/table.ts'
import type { LinkedConfig, LinkedRoute } from '../../3-link/linked.ts'
import { baseUrl } from './address-text.ts'
import type { DemoCall, DemoChoices } from './demo-choices.ts'

/** Shown for a path's parameter. */
const PARAMETER_VALUE = '1'
/** Up to here the attempts are written out, which reads better. */
const COUNTED_OUT_MAX = 12

/** A command to try, and the status that it, at last, gets. */
export interface DemoRequest {
  /** What it shows. */
  readonly title: string
  /** One line for a POSIX shell. Its last line of output is the status. */
  readonly command: string
  readonly status: number
}

export function demoRequests(
  { allowed, lacking, limited }: DemoChoices,
  config: LinkedConfig,
  listen: ListenRow,
): DemoRequest[] {
  // A certificate that signs itself is believed this way, too.
  const curl = `curl -s${listen.tls === null ? '' : ` --cacert ${quoted(listen.tls.cert)}`}`
  const call = (options: string, { route, demo }: DemoCall): string => {
    const key = demo === null ? '' : ` -H ${quoted(headerOf(config, demo.secret))}`
    return `${curl} ${options}${key} ${quoted(baseUrl(listen) + pathOf(route))}`
  }
  const answerToo = (demoCall: DemoCall): string => call("-w '\\n%{http_code}\\n'", demoCall)
  const statusOnly = (demoCall: DemoCall): string => call("-o /dev/null -w '%{http_code}\\n'", demoCall)

  const requests: DemoRequest[] = []
  if (allowed !== null) {
    const title = `key "${idOf(allowed)}" holds the scope ${scopesOf(allowed.route, config)}`
    requests.push({ title, command: answerToo(allowed), status: 200 })
    requests.push({ title: 'no key', command: answerToo({ ...allowed, demo: null }), status: 401 })
  }
  if (lacking !== null) {
    const title = `key "${idOf(lacking)}" lacks the scope ${scopesOf(lacking.route, config)}`
    requests.push({ title, command: answerToo(lacking), status: 403 })
  }
  if (limited !== null) {
    const { attempts } = limited
    const title = `${attempts} requests in a row, where a limit lets ${attempts - 1} through`
    const command = `for i in ${attemptsList(attempts)}; do ${statusOnly(limited)}; done`
    requests.push({ title, command, status: 429 })
  }
  return requests
}

function idOf({ demo }: DemoCall): string {
  return demo?.key.id ?? ''
}

function scopesOf(route: LinkedRoute, config: LinkedConfig): string {
  return route.scopes.map((scope) => config.scopes[scope]?.name ?? '').join(' and ')
}

function headerOf({ settings }: LinkedConfig, secret: string): string {
  const header = settings.keys?.headers[0] ?? 'x-api-key'
  return `${header}: ${header === 'authorization' ? 'Bearer ' : ''}${secret}`
}

function pathOf({ segments }: LinkedRoute): string {
  const parts = segments.map((segment) =>
    segment.kind === 'literal' ? segment.text : segment.kind === 'parameter' ? PARAMETER_VALUE : '',
  )
  return '/' + parts.join('/')
}

function attemptsList(attempts: number): string {
  if (attempts > COUNTED_OUT_MAX) return `$(seq ${attempts})`
  return Array.from({ length: attempts }, (_, i) => i + 1).join(' ')
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
