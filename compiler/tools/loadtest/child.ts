import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { CommandFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'
import type { Answered, Asked } from './messages.ts'

/** A process that answers questions. */
export interface Child<Q, A> {
  readonly pid: number
  /** @throws When it says what went wrong, or ends before it answers. */
  readonly ask: (question: Q) => Promise<A>
  /** Ends it, by its number. Settles when it is gone. */
  readonly stop: () => Promise<void>
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Each piece of what it writes to standard error. */
  readonly onText: (text: string) => void
}

type Waiting<A> = { readonly done: (answer: A) => void; readonly fail: (error: Error) => void }

/** @param file Its built program. Absolute. */
export async function startChild<Q, A>(file: string, { env = {}, onText }: ChildOptions): Promise<Child<Q, A>> {
  if (!existsSync(file)) {
    throw new CommandFault(EXIT.surroundings, `${file} is missing. Keysmith is not installed whole: install it again.`)
  }
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    // What it prints for somebody else, such as an access log, costs it what it costs in earnest, and goes nowhere.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  const waiting = new Map<number, Waiting<A>>()
  let asked = 0
  let isEnding = false
  const failAll = (error: Error): void => {
    for (const { fail } of waiting.values()) fail(error)
    waiting.clear()
  }
  child.stderr?.setEncoding('utf8').on('data', onText)
  child.on('message', (message) => {
    // Safe: the child is our own program, and answers in this shape.
    const answered = message as Answered<A>
    const waiter = waiting.get(answered.number)
    waiting.delete(answered.number)
    if ('answer' in answered) waiter?.done(answered.answer)
    else waiter?.fail(faultOf(answered))
  })
  child.on('exit', (code, signal) => {
    if (!isEnding) failAll(new CommandFault(EXIT.surroundings, `A process of the load test ended (${signal ?? code}).`))
    else failAll(new CommandFault(EXIT.surroundings, 'The load test was ended.'))
  })
  child.on('error', failAll)
  await once(child, 'spawn')
  return {
    // Safe: a process that was started has a number.
    pid: child.pid as number,
    ask: (question) =>
      new Promise((done, fail) => {
        const number = asked++
        waiting.set(number, { done, fail })
        if (!child.connected) return failAll(new CommandFault(EXIT.surroundings, 'A process of the load test ended.'))
        child.send({ number, question } satisfies Asked<Q>)
      }),
    stop: async () => {
      isEnding = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      // It keeps nothing that would have to be put in order.
      child.kill('SIGKILL')
      await ended
    },
  }
}

function faultOf({ fault, isStartFault }: { readonly fault: string; readonly isStartFault: boolean }): Error {
  return isStartFault ? new CommandFault(EXIT.surroundings, fault) : new Error(fault)
}
