import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DiagnosticCode } from '../../compiler/diagnostics/catalog.ts'

/** Files that a fixture needs and that no repository should hold: made in a copy of its folder. */
export const SURROUNDINGS: Partial<Record<DiagnosticCode, (folder: string) => void>> = {
  'file-too-large': (folder) => writeFileSync(join(folder, 'tenant.yaml'), `# ${'.'.repeat(4 * 1024 * 1024)}\n`),
  // A link that leads to itself: even root cannot read it.
  'file-unreadable': (folder) => symlinkSync('tenant.yaml', join(folder, 'tenant.yaml')),
  'yaml-too-many-values': (folder) =>
    writeFileSync(join(folder, 'tenant.yaml'), `wants: [${'a,'.repeat(200_000)}a]\n`),
}
