import type { LinkedConfig, LinkedKey, LinkedTenant } from '../../3-link/linked.ts'
import { usageFault } from '../../command-fault.ts'
import { didYouMean } from '../../diagnostics/did-you-mean.ts'
import type { KeyRequest } from './new-key.ts'

/** @throws A `CommandFault` when there is no such tenant. */
export function requireTenant(name: string, { tenants }: LinkedConfig): LinkedTenant {
  const tenant = tenants.find((candidate) => candidate.name === name)
  if (tenant === undefined) throw unknown('tenant', name, namesOf(tenants))
  return tenant
}

/** @throws A `CommandFault` when there is no such key. */
export function requireKey(id: string, { keys }: LinkedConfig): LinkedKey {
  const key = keys.find((candidate) => candidate.id === id)
  if (key === undefined)
    throw unknown(
      'key',
      id,
      keys.map((candidate) => candidate.id),
    )
  return key
}

/** @throws A `CommandFault` when the request names something that the config does not have, or an id that it has. */
export function requireKnown(request: KeyRequest, { keys, tenants, roles, scopes, plans }: LinkedConfig): void {
  const taken = keys.find((key) => key.id === request.id)
  if (taken !== undefined) {
    const owner = tenants[taken.tenant]?.name ?? ''
    throw usageFault(`There is a key "${request.id}" already; it belongs to tenant "${owner}".`)
  }
  requireNames('role', request.roles, namesOf(roles))
  requireNames('scope', request.scopes, namesOf(scopes))
  requireNames('plan', request.plan === null ? [] : [request.plan], namesOf(plans))
}

/** A gateway may have a million keys. */
const LISTED_MAX = 20

function requireNames(kind: string, wanted: readonly string[], names: readonly string[]): void {
  const missing = wanted.find((name) => !names.includes(name))
  if (missing !== undefined) throw unknown(kind, missing, names)
}

function unknown(kind: string, name: string, names: readonly string[]): Error {
  const meant = didYouMean(name, names)
  const more = names.length - LISTED_MAX
  const listed = names.slice(0, LISTED_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '')
  const others = names.length === 0 ? `The config declares none.` : `There are: ${listed}.`
  return usageFault(`There is no ${kind} "${name}". ${meant ?? others}`)
}

function namesOf(things: readonly { readonly name: string }[]): string[] {
  return things.map(({ name }) => name)
}
