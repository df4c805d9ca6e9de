import type { Answered, Asked } from './messages.ts'

/**
 * Answers what the process asks that started this one, and ends with it: nothing that a load test starts outlives it, however
 * it ends.
 */
export function answerParent<Q, A>(answerOf: (question: Q) => Promise<A>): void {
  const reply = (answered: Answered<A>): void => void process.send?.(answered)
  process.on('message', (message) => {
    // Safe: the parent is the one program that has this channel, and it sends this shape.
    const { number, question } = message as Asked<Q>
    answerOf(question).then(
      (answer) => reply({ number, answer }),
      (error: unknown) => {
        const isStartFault = error instanceof Error && error.name === 'StartFault'
        const fault = !(error instanceof Error) ? String(error) : isStartFault ? error.message : (error.stack ?? '')
        reply({ number, fault, isStartFault })
      },
    )
  })
  process.on('disconnect', () => process.exit(0))
  // A terminal sends it to all at once; the parent ends the others in order.
  process.on('SIGINT', () => undefined)
}
