import type { Random } from './random.ts'

/** Headers that conditions look at, as requests bring them. */
export const CONDITION_HEADERS = [
  ['x-dry-run', '1'],
  ['x-region', 'eu'],
  ['x-region', 'us'],
  ['x-drive', ''],
] as const
export const REGIONS = ['eu', 'us']

/** Conditions that need no caller. */
const OF_REQUESTS = [
  '!("x-dry-run" in request.headers)',
  'request.headers["x-region"] == "eu"',
  '!(request.headers["x-region"] == "eu")',
  'request.headers.exists(name, name.startsWith("x-dr"))',
  'request.headers.all(name, !name.matches("^x-d"))',
  'request.method in ["GET", "POST"]',
  'request.query.page == "2" || size(request.queryAll) == 0',
  'request.queryAll.all(name, request.queryAll[name].size() == 1)',
  'size(request.path) % 2 == 0',
  'request.address.startsWith("203.0.113.") || request.address.contains(":")',
]

const OF_CALLERS = [
  'key.metadata.region == "eu"',
  '!(key.metadata.region == "eu")',
  'key.metadata.region == "eu" || request.method == "GET"',
  '!has(key.metadata.region) || key.metadata.region == request.headers["x-region"]',
  '"items:write" in key.scopes || "auditor" in key.roles',
  'key.roles.exists_one(role, role != "auditor")',
  'key.tenant.endsWith("0") || key.id.endsWith("key0")',
  'size(key.scopes) > 1 && !has(claims.sub)',
]

/** Of the time of day, which is what it is when requests go over a socket. */
const OF_TIME = ['request.time.getMinutes() % 2 == 0', 'request.time.getHours("+01:00") != 0']

export interface ConditionOptions {
  readonly isPublic: boolean
  readonly live: boolean
  /** As it stands in the config: "GET /{one}". */
  readonly route: string
}

/** A condition for a route, about half of them over its caller. */
export function generateCondition(random: Random, { isPublic, live, route }: ConditionOptions): string {
  const [parameter] = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  return random.pick([
    ...OF_REQUESTS,
    ...(isPublic ? [] : OF_CALLERS),
    ...(live ? [] : OF_TIME),
    ...(parameter === undefined ? [] : [`request.params.${parameter} in ["abc", "é", "b"]`]),
  ])
}
