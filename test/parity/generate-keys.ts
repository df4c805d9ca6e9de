import type { RawKey, RawMap } from '../../compiler/2-validate/raw.ts'
import { OWNERS } from './generate-binds.ts'
import { REGIONS } from './generate-condition.ts'
import { generateInstant, generateSpan } from './generate-instant.ts'
import { generateLimits } from './generate-limits.ts'
import { generateSigning } from './generate-signature.ts'
import { characters, digestOf, generateSecret } from './generate-secret.ts'
import type { Random } from './random.ts'

export interface KeySource {
  readonly baseMs: number
  readonly live: boolean
  readonly costMax: number
  /** False in a tenant's own file, which may not limit its keys. */
  readonly mayLimit: boolean
  /** False in such a file, which may name no secret, and where requests go over a socket. */
  readonly maySign: boolean
  readonly prefix: string
  readonly accept: readonly string[]
  readonly plans: readonly string[]
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
}

const IMPORTED_CHARACTERS = 30
export const ADDRESS_RANGES = ['203.0.113.0/24', '198.51.100.7', '2001:db8::/48', '2001:db8:0:5::/64', '192.0.2.0/25']

/** A tenant's keys: most of them plain, some with an end, a beginning, a suspension, a past, addresses, or another format. */
export function generateKeys(
  random: Random,
  source: KeySource,
  tenant: string,
): { keys: RawMap<RawKey>; secrets: string[] } {
  const secrets: string[] = []
  const secret = (value: string): string => {
    secrets.push(value)
    return digestOf(value)
  }
  const keys = Array.from({ length: 2 + random.below(3) }, (_, i): [string, RawKey] => {
    const environment = random.chance(0.9) ? random.pick(source.accept) : random.pick(['live', 'test'])
    const brokenBy = random.chance(0.04) ? 1 : 0
    const foreign = random.chance(0.16)
    // Rarely the mark is wrong; then the secret opens nothing.
    const imported = random.chance(0.12) ? !foreign : foreign
    const make = (offBy: number): string =>
      foreign ? characters(random, IMPORTED_CHARACTERS) : generateSecret(random, source.prefix, environment, offBy)
    const current = make(brokenBy)
    const old = make(0)
    const retiring = random.chance(0.2) ? { digest: secret(old), until: generateInstant(random, source) } : null
    const id = `${tenant}-key${i}`
    // The first shows a secret, so that each tenant has one.
    const signs = i > 0 && source.maySign && random.chance(0.3)
    return [
      id,
      {
        ...(signs ? { signing: generateSigning(random, id) } : { digest: secret(current) }),
        ...(retiring === null || signs ? {} : { retiring }),
        ...permissions(random, source),
        ...(random.chance(0.3) ? { plan: random.pick(source.plans) } : {}),
        ...metadataOf(random),
        ...generateSpan(random, source, ['notBefore', 'expires'], 0.2),
        ...(random.chance(0.2) ? { allowIps: [random.pick(ADDRESS_RANGES)] } : {}),
        ...(source.mayLimit && random.chance(0.12) ? { limits: generateLimits(random, source) } : {}),
        ...(random.chance(0.08) ? { suspended: { since: generateInstant(random, source) } } : {}),
        ...(imported && !signs ? { imported: true } : {}),
      },
    ]
  })
  return { keys: Object.fromEntries(keys), secrets }
}

function metadataOf(random: Random): Pick<RawKey, 'metadata'> {
  const region = random.chance(0.7) ? { region: random.pick(REGIONS) } : {}
  const owner = random.chance(0.85) ? { owner: random.pick(OWNERS) } : {}
  const metadata = { ...region, ...owner }
  return Object.keys(metadata).length === 0 ? {} : { metadata }
}

function permissions(random: Random, { roles, scopes }: KeySource): Pick<RawKey, 'roles' | 'scopes'> {
  if (random.chance(0.4)) return { scopes }
  const held = { roles: random.some(roles, 0.5), scopes: random.some(scopes, 0.35) }
  return {
    ...(held.roles.length === 0 ? {} : { roles: held.roles }),
    ...(held.scopes.length === 0 ? {} : { scopes: held.scopes }),
  }
}
