import type { createReplayBuffer as realBuffer, openReplayMemory as realOpen } from '../identity/replay-memory.ts'
import { absent } from './absent.ts'

/** For a table whose callers show nothing that may be shown once only. */
export const createReplayBuffer: typeof realBuffer = () => new SharedArrayBuffer(0)
export const openReplayMemory: typeof realOpen = () => ({
  remember: () => absent('what may be shown once only'),
  forgetThread: () => undefined,
})
