import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { RawGateway, RawMap, RawTenant, RawTenantFile } from '../../compiler/2-validate/raw.ts'

/** A config as its YAML stands, the tenants of included files beside its own. */
export type PlainConfig = RawGateway & {
  readonly apis: object
  readonly tenants: RawMap<RawTenant>
  /** Lines of the file of revocations. */
  readonly revoked?: readonly string[]
}

/** Reads a folder's gateway.yaml and the files that it includes. */
export function readPlainConfig(folder: string): PlainConfig {
  // Safe: what is read here compiles without an error.
  const config = parse(readFileSync(join(folder, 'gateway.yaml'), 'utf8')) as PlainConfig
  const included = (config.include ?? []).map(({ tenant, file, plans = [], ...rest }) => {
    const { keys } = parse(readFileSync(join(folder, file), 'utf8')) as RawTenantFile
    const [plan] = plans
    return [tenant, { ...rest, ...(plan === undefined ? {} : { plan }), ...(keys === undefined ? {} : { keys }) }]
  })
  const { revocations } = config.gateway
  const revoked = revocations === undefined ? [] : readFileSync(join(folder, revocations), 'utf8').split('\n')
  return { ...config, revoked, tenants: { ...config.tenants, ...Object.fromEntries(included) } }
}
