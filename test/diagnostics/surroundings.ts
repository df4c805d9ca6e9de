import { appendFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DiagnosticCode } from '../../compiler/diagnostics/catalog.ts'

const MEGABYTES_4 = 4_000_000

/** Files that a fixture needs and that no repository should hold: made in a copy of its folder. */
export const SURROUNDINGS: Partial<Record<DiagnosticCode, (folder: string) => void>> = {
  'file-too-large': (folder) => writeFileSync(join(folder, 'tenant.yaml'), `# ${'.'.repeat(4 * 1024 * 1024)}\n`),
  'files-too-large': (folder) => {
    for (const name of ['globex.yaml', 'hooli.yaml', 'initech.yaml'])
      writeFileSync(join(folder, name), `title: T\n# ${'.'.repeat(MEGABYTES_4)}\n`)
  },
  'files-too-many': (folder) => {
    for (let i = 1; i <= 2_001; i++) {
      writeFileSync(join(folder, `t${i}.yaml`), `title: T\n`)
      appendFileSync(join(folder, 'gateway.yaml'), `  - { tenant: t${i}, file: t${i}.yaml }\n`)
    }
  },
  // A link that leads to itself: even root cannot read it.
  'file-unreadable': (folder) => symlinkSync('tenant.yaml', join(folder, 'tenant.yaml')),
  'file-outside-folder': (folder) => symlinkSync('../gateway.yaml', join(folder, 'tenants', 'initech.yaml')),
  'yaml-too-many-values': (folder) =>
    writeFileSync(join(folder, 'tenant.yaml'), `wants: [${'a,'.repeat(60_000)}a]\n`),
  'problems-too-many': (folder) => {
    for (let i = 1; i <= 1_025; i++) appendFileSync(join(folder, 'gateway.yaml'), `  scope-${i}: One of many\n`)
  },
}

/** What a fixture cannot do without besides its own diagnostic. */
export const BESIDE: Partial<Record<DiagnosticCode, DiagnosticCode>> = { 'problems-too-many': 'scope-unused' }
