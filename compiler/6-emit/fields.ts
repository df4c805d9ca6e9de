import type { CutField, KeepField } from '../../schemas/fields-row.ts'
import { EVERYONE, type FieldEnd, type FieldPlace } from '../5-lower/field-places.ts'
import type { FieldsDraft } from '../5-lower/fields.ts'
import type { Pointer } from '../diagnostics/report.ts'

const KEEP: KeepField = -1
const CUT: CutField = -2

/** Stands before a table that cuts answers. */
export const FIELD_LINES = [
  '/** What filters of answers say of a member: all of it, nothing of it. Any other number is the place to go into. */',
  `const KEEP = ${KEEP}`,
  `const CUT = ${CUT}`,
  '',
]

/** The filters of answers, each a function that a person can read. */
export function fieldLines(drafts: readonly FieldsDraft[], noteOf: (pointer: Pointer) => string): string[] {
  if (drafts.length === 0) return ['  fields: [],']
  return ['  fields: [', ...drafts.flatMap((draft, i) => filterLines(draft, i, noteOf(draft.at))), '  ],']
}

function filterLines({ scopes, bytesMax, places }: FieldsDraft, position: number, note: string): string[] {
  return [
    `    /* ${position} */ { // ${note}`,
    `      scopes: ${JSON.stringify(scopes)},`,
    `      bytesMax: ${bytesMax},`,
    `      filter: (at, name${places.some(looksAtHeld) ? ', held' : ''}) => {`,
    `        switch (at) {`,
    ...places.flatMap((place, i) => placeLines(place, i)),
    `          default: return CUT`,
    `        }`,
    `      },`,
    `    },`,
  ]
}

function placeLines({ at, branches, other }: FieldPlace, position: number): string[] {
  const otherwise = other === null ? 'CUT' : endText(other)
  // User text stands in a comment without what could end it.
  const label = `          case ${position}: // ${at === '' ? 'the top' : JSON.stringify(at)}`
  if (branches.length === 0) return [label, `            return ${otherwise}`]
  return [
    label,
    `            switch (name) {`,
    ...branches.map((branch) => `              case ${JSON.stringify(branch.name)}: return ${endText(branch)}`),
    `              default: return ${otherwise}`,
    `            }`,
  ]
}

/** "held & 0b10 ? KEEP : held & 0b100 ? 3 : CUT" */
function endText({ keep, into, place }: FieldEnd): string {
  const inner = into === 0 ? 'CUT' : conditional(into, String(place), 'CUT')
  return keep === 0 ? inner : conditional(keep, 'KEEP', inner)
}

function conditional(bits: number, then: string, otherwise: string): string {
  return (bits & EVERYONE) !== 0 ? then : `held & 0b${bits.toString(2)} ? ${then} : ${otherwise}`
}

function looksAtHeld({ branches, other }: FieldPlace): boolean {
  return [...branches, ...(other === null ? [] : [other])].some((end) => endText(end).includes('held'))
}
