import type { Bind, BindSource } from '../../schemas/config.ts'
import type { Pointer } from '../diagnostics/report.ts'
import type { RawMap } from './raw.ts'
import { mapMembers } from './shapes.ts'

export function normalizeBinds(at: Pointer, raw: RawMap<string> | undefined): Bind[] {
  return mapMembers(raw, at, (bindAt, name, source) => ({ at: bindAt, ...placeOf(name), to: sourceOf(source) }))
}

/** A query parameter's name is one, dots and all; "body.a.b" is the member b of the member a. */
function placeOf(name: string): Pick<Bind, 'of' | 'name'> {
  if (name.startsWith('query.')) return { of: 'query', name: [name.slice('query.'.length)] }
  if (name.startsWith('body.')) return { of: 'body', name: name.slice('body.'.length).split('.') }
  return { of: 'path', name: [name] }
}

function sourceOf(source: string): BindSource {
  const [first, second, ...rest] = source.split('.')
  if (first === 'claims') return { of: 'claims', name: [second ?? '', ...rest] }
  if (second === 'metadata') return { of: 'metadata', name: rest.join('.') }
  return { of: second === 'tenant' ? 'tenant' : 'id' }
}
