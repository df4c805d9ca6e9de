import type { HeaderChanges } from '../../schemas/config.ts'
import type { BlockRow } from '../../schemas/protect-row.ts'
import type { ConditionRow, HeaderChangeRow, MatchRow, QueryRow, RouteRow } from '../../schemas/table.ts'
import type { LinkedConfig, LinkedRoute } from '../3-link/linked.ts'
import { lowerBinds } from './binds.ts'
import type { ValidatorSchemas } from './draft.ts'
import type { ExpressionList } from './expressions.ts'
import type { LoweredFields } from './fields.ts'
import type { LoweredLimits } from './limits.ts'
import { lowerRequirement } from './requirements.ts'

const NO_VALIDATOR = -1
/** Parts of a request that are made ready only for conditions that read them. */
const LAZY_PARTS = ['params', 'query', 'queryAll'] as const

export interface LoweredRoutes {
  readonly rows: readonly RouteRow[]
  readonly schemas: ValidatorSchemas
}

/** Other parts of the table that routes refer to. */
export interface RouteParts {
  readonly limits: LoweredLimits
  readonly expressions: ExpressionList
  readonly fields: LoweredFields
}

export function lowerRoutes(config: LinkedConfig, { limits, expressions, fields }: RouteParts): LoweredRoutes {
  const bodies: unknown[] = []
  const queries: unknown[] = []
  // Routes that name one file share its validator.
  const validatorOf = new Map<string, number>()
  const lowerBody = (schema: unknown): number => {
    const identity = JSON.stringify(schema)
    const position = validatorOf.get(identity) ?? bodies.push(schema) - 1
    validatorOf.set(identity, position)
    return position
  }
  const rows = config.routes.map((route, position): RouteRow => {
    const api = config.apis[route.api]
    const limitsOfRoute = limits.ofRoute[position] ?? []
    return {
      route: `${methodOf(route)} ${route.path}`,
      method: methodOf(route),
      path: route.path,
      api: route.api,
      upstream: api?.upstream ?? NO_VALIDATOR,
      access: api?.access ?? 'subscription',
      scopes: route.scopes.map((scope) => config.scopes[scope]?.name ?? ''),
      binds: lowerBinds(route),
      takesKeys: route.takesKeys,
      identities: route.identities,
      match: lowerMatch(route),
      when: lowerCondition(route, expressions),
      requires: lowerRequirement(route.requires),
      fields: fields.ofRoute[position] ?? -1,
      forward: route.forward?.parts ?? null,
      cost: route.cost,
      limits: limitsOfRoute,
      policy: limits.policyOf(limitsOfRoute),
      body: route.body === null ? NO_VALIDATOR : lowerBody(route.body.schema),
      query: lowerQuery(route, queries),
      bodyBytesMax: route.bodyBytes,
      timeoutMs: route.timeoutMs,
      requestHeaders: lowerHeaders(route.requestHeaders),
      responseHeaders: lowerHeaders(route.responseHeaders),
      block: lowerBlock(config, route),
    }
  })
  return { rows, schemas: { bodies, queries } }
}

function methodOf(route: LinkedRoute): string {
  return route.name.slice(0, route.name.indexOf(' '))
}

function lowerMatch({ match }: LinkedRoute): MatchRow | null {
  return match === null ? null : { headers: match.headers, query: match.query, host: match.hosts[0] ?? null }
}

function lowerCondition({ when }: LinkedRoute, expressions: ExpressionList): ConditionRow | null {
  if (when === null) return null
  const { request, headers } = when.reads
  return {
    expression: expressions.place(when),
    reads: LAZY_PARTS.filter((part) => request.includes(part)),
    headers,
  }
}

function lowerQuery(route: LinkedRoute, queries: unknown[]): QueryRow | null {
  const { query } = route
  if (query === null) return null
  const schema = {
    type: 'object',
    properties: Object.fromEntries(query.map((parameter) => [parameter.name, parameter.schema])),
    required: query.filter((parameter) => parameter.required).map((parameter) => parameter.name),
    additionalProperties: false,
  }
  const parameters = query.map(({ name, type, repeated }) => ({ name, type, repeated }))
  return { validator: queries.push(schema) - 1, parameters }
}

/** What is left of the gateway's rules once the route's exceptions are taken out. */
function lowerBlock({ settings: { block } }: LinkedConfig, { blockExcept }: LinkedRoute): BlockRow | null {
  if (block === null) return null
  const rules = block.rules.filter((rule) => !blockExcept.some(({ name }) => name === rule))
  return rules.length === 0 ? null : { rules, mode: block.mode }
}

function lowerHeaders(changes: HeaderChanges): HeaderChangeRow {
  return {
    set: changes.set.map(({ name, value }) => [name, value] as const),
    remove: changes.remove.map(({ name }) => name),
  }
}
