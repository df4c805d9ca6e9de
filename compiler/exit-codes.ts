/** What the process ends with. Scripts depend on these numbers. */
export const EXIT = {
  done: 0,
  /** The config, or what was compared, is wrong. */
  wrong: 1,
  /** The command was used wrongly. */
  usage: 2,
  /** A threshold that the caller set was passed. */
  threshold: 3,
  /** The surroundings failed: a port, a file, a secret, the engine. */
  surroundings: 4,
  /** A bug in Keysmith. */
  bug: 70,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
