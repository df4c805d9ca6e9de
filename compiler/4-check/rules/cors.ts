import type { Cors } from '../../../schemas/config.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'

const ANY = '*'
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }
const PORT_MAX = 65_535

/** @see Fetch Standard, section 3.2: CORS protocol and credentials; HTML Standard, section 7.1.1: origins. */
export function corsRules({ apis }: LinkedConfig, report: Report): void {
  for (const { cors } of apis) if (cors !== null) checkCors(cors, report)
}

function checkCors({ at, origins, credentials, headers, expose }: Cors, report: Report): void {
  const any = origins.indexOf(ANY)
  if (any >= 0 && credentials) {
    const related = [{ message: 'with credentials', where: { key: pointTo(at, 'credentials') } }]
    report('cors-any-origin-with-credentials', pointTo(at, 'origins', any), {}, { related })
  } else if (any >= 0 && origins.length > 1) report('cors-any-origin-and-others', pointTo(at, 'origins', any), {})

  for (const [i, origin] of origins.entries()) {
    const problem = portProblem(origin)
    if (problem !== null) report('cors-origin-never-sent', pointTo(at, 'origins', i), { origin, problem })
  }
  for (const [list, names] of Object.entries({ headers, expose })) {
    const star = names.indexOf(ANY)
    if (star >= 0) report('cors-any-header', pointTo(at, list, star), { list })
  }
}

/** Browsers leave a scheme's own port out of an origin, and compare origins as text. */
function portProblem(origin: string): string | null {
  const match = /^(https?):\/\/.*:([0-9]+)$/.exec(origin)
  if (match?.[1] === undefined) return null
  const port = Number(match[2])
  if (port > PORT_MAX) return `there is no port ${port}`
  return port === DEFAULT_PORTS[match[1]] ? `browsers leave out ":${port}", the port of ${match[1]}` : null
}
