import { InvalidArgumentError, Option } from 'commander'
import { parseAddress } from '../2-validate/addresses.ts'
import { parseDuration, parseInstant } from '../2-validate/units.ts'
import type { AddressRow } from '../../schemas/table.ts'

/** What commands share of their arguments. */
export const FILE_ARGUMENT = [
  '[file]',
  'the config, or the folder that holds its gateway.yaml',
  'gateway.yaml',
] as const

/** For commands whose argument is something else. */
export const FILE_OPTION = ['--file <file>', FILE_ARGUMENT[1], FILE_ARGUMENT[2]] as const

export const AT_OPTION = ['--at <time>', 'set the clock where time decides (2027-01-31, 2027-01-31T12:00:00Z)'] as const

export type ResultFormat = 'pretty' | 'json'

/** For people, or for programs. */
export function formatOption(): Option {
  return new Option('--format <format>', 'how the result is printed').choices(['pretty', 'json']).default('pretty')
}

/** What stands behind a secret's prefix. */
export function environmentOption(): Option {
  return new Option(
    '--env <environment>',
    'what the secret is for; left out, the first that the gateway accepts',
  ).choices(['live', 'test'])
}

/** @returns Milliseconds since 1970 UTC. */
export function readInstant(text: string): number {
  const ms = parseInstant(text)
  if (ms === null) throw new InvalidArgumentError('It must be a date or a time, such as 2027-01-31T12:00:00Z.')
  return ms
}

/** "30d" in milliseconds. */
export function readDuration(text: string): number {
  if (!/^[1-9][0-9]{0,5}(m|h|d)$/.test(text)) throw new InvalidArgumentError('It must be a duration, such as 30d.')
  return parseDuration(text)
}

export function readAddress(text: string): AddressRow {
  const address = parseAddress(text)
  if (address === null) throw new InvalidArgumentError('It must be an IP address and a port, such as 127.0.0.1:8080.')
  return address
}

/** "a,b" as a list; empty names are no names. */
export function readNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError('It must be names with commas between them, such as a,b.')
  return names
}
