import type { Lockout } from '../../../schemas/config.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'
import { writtenAt } from '../written.ts'

/** Defences that defend nothing, or hit those whom they should defend. */
export function protectRules(config: LinkedConfig, report: Report, given: Given): void {
  const { lockout } = config.settings
  if (lockout !== null) checkLockout(lockout, config, report, given)
  const blocked = config.settings.block?.rules ?? []
  for (const { name, blockExcept } of config.routes) {
    for (const exception of blockExcept) {
      if (!blocked.includes(exception.name))
        report('block-exception-unused', exception.at, { route: name, rule: exception.name })
    }
  }
}

function checkLockout(
  { at, failures, windowMs, banMs }: Lockout,
  { apis }: LinkedConfig,
  report: Report,
  given: Given,
): void {
  if (apis.length > 0 && apis.every(({ access }) => access === 'public'))
    report('lockout-without-effect', { key: at }, {})
  if (failures === 1) report('lockout-at-once', pointTo(at, 'failures'), {})
  if (banMs >= windowMs) return
  const written = (name: string): string => String(writtenAt(given.raw, pointTo(at, name)))
  report('lockout-ban-short', pointTo(at, 'ban'), { ban: written('ban'), window: written('window') })
}
