/** The benchmark cannot go on: something is not installed, does not start, or was asked for wrongly. Its message says what to do. */
export class BenchFault extends Error {
  override readonly name = 'BenchFault'
  readonly exitCode: number

  /** @param exitCode As in the command line's contract: 2 for a wrong use, 4 for the surroundings. */
  constructor(message: string, exitCode: 2 | 4 = 4) {
    super(message)
    this.exitCode = exitCode
  }
}
