import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { group } from '../../support/group.ts'
import { runNarrow } from '../support/narrow-net.ts'

const scenario = (name: string): string => resolve(import.meta.dirname, `../narrow/${name}.ts`)

/** Rows that show only where sockets are small. They wait most of the time: to be run at one time. */
export function narrowSocketTests(): void {
  group('narrow sockets', () => {
    test(
      'row 2: what is downloaded through small socket buffers is what the upstream sent',
      { timeout: 60_000 },
      async () => {
        const result = await runNarrow(scenario('downloads'))
        expect(result).toEqual({ wrong: [], same: 104 })
      },
    )

    test(
      'row 3: a stream goes on behind 22 s of silence, and none of it waits meanwhile',
      { timeout: 60_000 },
      async () => {
        const result = await runNarrow(scenario('silence'))
        expect(result).toEqual({ whole: 60, others: [] })
      },
    )

    test(
      'row 12: a request that is paused is not forgotten, and its connection is not deaf',
      { timeout: 60_000 },
      async () => {
        const result = await runNarrow(scenario('paused-uploads'))
        expect(result).toEqual({
          'a caller that leaves is given up when the silence has lasted': 'ok',
          'a whole answer is received behind the rest of the body': 'ok',
          'behind an answer in pieces the body is read over': 'ok',
          'a connection whose request was paused serves the next one': 'ok',
        })
      },
    )
  })
}
