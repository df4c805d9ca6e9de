import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import type { AddressRow } from '../../schemas/table.ts'

/** What a bundle is asked for. */
export interface BundleOptions {
  readonly help: boolean
  readonly version: boolean
  readonly check: boolean
  /** In place of all that the table names. */
  readonly listen: AddressRow | null
}

/** The bundle was started wrongly. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault'
}

export const USAGE = `Serves the gateway that it was built from. SIGTERM and SIGINT let what is in flight finish, then end it;
SIGHUP reads secrets and revocations again and opens the log file anew.

  --check             say what is missing here, all at once, and serve nothing
  --listen <address>  where callers find it, in place of the config; port 0 is any free one
  --version           what this was built from
  --help              this

Files that the config names (secrets, certificates, revocations, logs) are looked for from the working folder.
It ends with 0 when it was told to, 2 when it was started wrongly, 4 when something is missing here, 70 on a bug.`

const PORT_MAX = 65_535

/** @throws UsageFault for what it does not know. */
export function readOptions(args: readonly string[]): BundleOptions {
  const { help = false, version = false, check = false, listen } = parse(args)
  return { help, version, check, listen: listen === undefined ? null : readAddress(listen) }
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: { help: flag, version: flag, check: flag, listen: { type: 'string' } },
    }).values
  } catch (error) {
    throw new UsageFault(`${error instanceof Error ? error.message : String(error)} (add --help for what there is)`)
  }
}

function readAddress(text: string): AddressRow {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain ?? ''
  const port = Number(digits)
  if (isIP(host) !== (bracketed === undefined ? 4 : 6) || port > PORT_MAX)
    throw new UsageFault('--listen must be an IP address and a port, such as 127.0.0.1:8080')
  return { host, port }
}
