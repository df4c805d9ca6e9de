import type { ErrorObject } from 'ajv'
import type { GatewayConfig } from '../../schemas/config.ts'
import type { RawConfig } from '../1-load/load.ts'
import { pointTo, type Report } from '../diagnostics/report.ts'
import type { ConfigValidators } from './ajv.ts'
import { checkVersion } from './check-version.ts'
import { normalize } from './normalize.ts'
import { reportErrors } from './one-cause.ts'

/**
 * Holds a config's files against the JSON Schemas and brings them into their one shape.
 *
 * @returns Null when something was reported.
 */
export function validate(raw: RawConfig, schemas: ConfigValidators, report: Report): GatewayConfig | null {
  // Another version's members are not those of this one's schemas.
  if (!checkVersion(raw.root, report)) return null
  let valid = schemas.gateway(raw.root)
  reportErrors(errorsOf(schemas.gateway.errors), '', report)

  for (const [pointer, value] of raw.files) {
    if (!pointer.startsWith('/include/')) continue
    if (schemas.tenantFile(value)) continue
    valid = false
    reportTenantFile(errorsOf(schemas.tenantFile.errors), pointer, report)
  }
  for (const { at, value } of [...raw.keyLines.values()].flat()) {
    const { id, ...members } = value
    for (const [schema, part] of [
      [schemas.keyId, id === undefined ? {} : { id }],
      [schemas.key, members],
    ] as const) {
      if (schema(part)) continue
      valid = false
      reportErrors(errorsOf(schema.errors), at, report)
    }
  }
  return valid ? normalize(raw) : null
}

/** Members that only the including file may have are told apart from misspelt ones. */
const DECIDED_BY_INCLUDER = new Set(['plan', 'plans', 'limits', 'subscriptions', 'grantable', 'maxKeys'])

function reportTenantFile(errors: readonly ErrorObject[], pointer: string, report: Report): void {
  const decides = (error: ErrorObject): boolean =>
    error.keyword === 'additionalProperties' &&
    error.instancePath === '' &&
    DECIDED_BY_INCLUDER.has(String(error.params['additionalProperty']))
  for (const error of errors.filter(decides)) {
    const key = String(error.params['additionalProperty'])
    report('tenant-file-decides', { key: pointTo(pointer, key) }, { key })
  }
  reportErrors(
    errors.filter((error) => !decides(error)),
    pointer,
    report,
  )
}

function errorsOf(errors: readonly ErrorObject[] | null | undefined): readonly ErrorObject[] {
  return errors ?? []
}
