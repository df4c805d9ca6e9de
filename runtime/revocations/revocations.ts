import { keepRevocations, type RevocationHealth, type RevocationKeeper } from './keeper.ts'
import { NO_REVOCATIONS, type RevocationList } from './revocation-list.ts'

/** What is revoked in the whole gateway. The main thread keeps it, and tells those that serve. */
export interface Revocations {
  readonly list: () => RevocationList
  /** Null where the config names no file. */
  readonly health: () => RevocationHealth | null
  /** Reads the file now, whether it seems to have changed or not. */
  readonly look: () => void
  /**
   * Makes another table's file ready, beside the one that is kept.
   *
   * @returns What is to be done once that table serves, or when it does not.
   * @throws StartFault when the file cannot be read.
   */
  readonly prepare: (path: string | null) => Promise<PreparedRevocations>
  readonly stop: () => void
}

export interface PreparedRevocations {
  readonly commit: () => void
  readonly discard: () => void
}

export interface RevocationsOptions {
  /** Lines for the operator. */
  readonly tell: (line: string) => void
  /** Another list holds now. */
  readonly publish: (list: RevocationList) => void
}

/** The same file goes on being kept. */
const NOTHING_TO_DO: PreparedRevocations = { commit: () => undefined, discard: () => undefined }

/** @throws StartFault when the file is there and cannot be read. */
export async function openRevocations(path: string | null, options: RevocationsOptions): Promise<Revocations> {
  let current: RevocationKeeper | null = null
  const open = async (next: string): Promise<RevocationKeeper> => {
    const keeper: RevocationKeeper = await keepRevocations(next, {
      tell: options.tell,
      onList: (list) => {
        if (keeper === current) options.publish(list)
      },
    })
    return keeper
  }
  if (path !== null) current = await open(path)
  const list = (): RevocationList => current?.list() ?? NO_REVOCATIONS

  return {
    list,
    health: () => current?.health() ?? null,
    look: () => current?.look(),
    prepare: async (next) => {
      if (next === (current?.path ?? null)) return NOTHING_TO_DO
      const keeper = next === null ? null : await open(next)
      return {
        commit: () => {
          current?.stop()
          current = keeper
          options.publish(list())
        },
        discard: () => keeper?.stop(),
      }
    },
    stop: () => current?.stop(),
  }
}
