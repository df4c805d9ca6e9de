import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TakenPackage } from './package-modules.ts'

/** A program that lies in the bundle as a file of its own or inside one. */
export interface TakenBinary {
  readonly name: string
  readonly version: string
  /** @see https://github.com/package-url/purl-spec */
  readonly purl: string
  readonly licence: string
  readonly sha256: string
}

export interface SoftwareRequest {
  /** The gateway's name and the hash of its table. */
  readonly gateway: string
  readonly configHash: string
  /** Keysmith's own. */
  readonly version: string
  readonly packages: readonly TakenPackage[]
  readonly binaries: readonly TakenBinary[]
}

/**
 * Lists what a bundle is made of, with versions and licences, as CycloneDX 1.6. It has no serial number and no time, so that
 * the same bundle has the same list.
 *
 * @see ECMA-424, the CycloneDX bill of materials.
 */
export function softwareList({ gateway, configHash, version, packages, binaries }: SoftwareRequest): string {
  const subject = `${gateway}@${configHash}`
  const components = [
    component({
      name: 'keysmith',
      version,
      purl: npmUrl('keysmith', version),
      licences: licenceOf('Apache-2.0', null),
    }),
    ...packages.map((taken) =>
      component({
        name: taken.name,
        version: taken.version,
        purl: npmUrl(taken.name, taken.version),
        licences: licenceOf(taken.licence, licenceText(taken.folder)),
      }),
    ),
    ...binaries.map(({ name, version, purl, licence, sha256 }) => ({
      ...component({ name, version, purl, licences: licenceOf(licence, null) }),
      hashes: [{ alg: 'SHA-256', content: sha256 }],
    })),
  ]
  const list = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': subject, name: gateway, version: configHash } },
    components,
    dependencies: [{ ref: subject, dependsOn: components.map((part) => part['bom-ref']) }],
  }
  return `${JSON.stringify(list, null, 2)}\n`
}

interface Component {
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licences: readonly object[]
}

function component({ name, version, purl, licences }: Component) {
  return { type: 'library', 'bom-ref': purl, name, version, purl, licenses: licences }
}

/** A name with a scope has its "@" escaped. */
export function npmUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

/** Most licences ask that their text goes along with the code. */
function licenceOf(licence: string | null, text: string | null): readonly object[] {
  if (licence === null) return []
  if (/[ ()]/.test(licence)) return [{ expression: licence }]
  return [
    { license: { id: licence, ...(text === null ? {} : { text: { contentType: 'text/plain', content: text } }) } },
  ]
}

function licenceText(folder: string): string | null {
  const file = readdirSync(folder)
    .sort()
    .find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name))
  return file === undefined ? null : readFileSync(join(folder, file), 'utf8')
}
