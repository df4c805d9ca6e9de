import type { RawProtect, RawRoute } from '../../compiler/2-validate/raw.ts'
import type { Random } from './random.ts'

/** Attacks as they are spelt in a segment of a path and in a query; what they are is in interpret-abuse.ts. */
export const ATTACK_SEGMENTS = ['1%27%20or%20%271%27=%271', '%3Cscript%3E']
export const ATTACK_QUERIES = ['q=1%27+or+%271%27%3D%271', 'q=%3CSCRIPT%3Ealert(1)', "%27%20or%20'1'%3D'1"]

/** Over a socket the time is what it is, and bans outlive a table. */
export function generateProtect(random: Random, { live }: { readonly live: boolean }): { protect?: RawProtect } {
  const rules = random.pick([['sql-injection'], ['script-injection'], ['sql-injection', 'script-injection']] as const)
  const mode = random.pick(['refuse', 'report-only'] as const)
  const protect: RawProtect = {
    ...(live || random.chance(0.6)
      ? {}
      : {
          lockout: {
            failures: 2 + random.below(2),
            window: random.pick(['1s', '3s', '60s']),
            ban: random.pick(['1s', '2s', '9s', '600s']),
          },
        }),
    ...(random.chance(0.5) ? {} : { block: random.chance(0.6) ? rules : { rules, mode } }),
  }
  return Object.keys(protect).length === 0 ? {} : { protect }
}

export function exceptOf(random: Random): Pick<RawRoute, 'block'> {
  if (random.chance(0.8)) return {}
  return { block: { except: [random.pick(['sql-injection', 'script-injection'] as const)] } }
}
