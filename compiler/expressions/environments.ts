import type { EnvironmentKind } from './expression.ts'
import { DYN, mapOf, STRING, TEXTS, TIMESTAMP, type CelType, type RecordName } from './types.ts'

/** What an expression of each kind may name. */
export const VARIABLES: Readonly<Record<EnvironmentKind, ReadonlyMap<string, CelType>>> = {
  condition: new Map<string, CelType>([
    ['key', { kind: 'record', name: 'key' }],
    ['claims', mapOf(DYN)],
    ['request', { kind: 'record', name: 'request' }],
  ]),
  request: new Map<string, CelType>([['request', { kind: 'record', name: 'request' }]]),
  claims: new Map<string, CelType>([['claims', mapOf(DYN)]]),
}

/** The members of what has members. */
export const RECORDS: Readonly<Record<RecordName, ReadonlyMap<string, CelType>>> = {
  key: new Map<string, CelType>([
    ['id', STRING],
    ['tenant', STRING],
    ['scopes', TEXTS],
    ['roles', TEXTS],
    ['metadata', mapOf(STRING)],
  ]),
  request: new Map<string, CelType>([
    ['method', STRING],
    ['path', STRING],
    ['params', mapOf(STRING)],
    ['query', mapOf(STRING)],
    ['queryAll', mapOf(TEXTS)],
    ['headers', mapOf(STRING)],
    ['address', STRING],
    ['time', TIMESTAMP],
  ]),
}
