/**
 * Deadlines by the thousand for the price of one interval. Whoever needs a deadline owns one `Timer` and arms it again and
 * again; nothing is allocated, and a deadline that only moves later costs a field write.
 */
export interface TimerWheel {
  /**
   * Sets the deadline, whether or not there was one. Due at the first tick after it: never early, up to about 20 ms late.
   *
   * @param delayMs From now. 0 or less: at the next tick. Infinity: no deadline.
   */
  readonly arm: (timer: Timer, delayMs: number) => void
  /** The same with a time of the wheel's clock, for those who have read it already. */
  readonly armAt: (timer: Timer, dueMs: number) => void
  /** Takes the deadline away; nothing happens when there is none. */
  readonly cancel: (timer: Timer) => void
  /** The wheel's clock. It never goes back. */
  readonly nowMs: () => number
  /** Fires what is due. The wheel's own interval does it; tests with their own clock call it. */
  readonly turn: () => void
  /** Forgets all deadlines and stops the interval. */
  readonly close: () => void
}

/** A deadline of one owner. Its fields belong to the wheel; a timer belongs to one wheel at a time. */
export interface Timer {
  /** Called once for each time it was armed, from the wheel's tick. It may arm and cancel any timer, this one too. */
  readonly onDue: () => void
  /** On the wheel's clock. Infinity when there is no deadline. */
  dueMs: number
  /** The tick of the slot it lies in, which is never after its deadline's; FREE when it lies in none. */
  tick: number
  /** Neighbours in the slot, itself when it lies in none. */
  previous: Timer
  next: Timer
}

const TICK_MS = 20
/** One turn of the wheel is 10 s. What is due later lies in the last slot and is put further when its turn comes. */
const SLOTS = 512
const FREE = -1

export function createTimer(onDue: () => void): Timer {
  // Safe: both neighbours are set before anyone sees the object. All fields stand here, so that all timers have one shape.
  const timer = { onDue, dueMs: Infinity, tick: FREE, previous: undefined, next: undefined } as unknown as Timer
  timer.previous = timer
  timer.next = timer
  return timer
}

/**
 * @param onFault What an `onDue` throws ends here; the other timers go on. Unless given, the process is told as of any uncaught error.
 * @param nowMs   A clock that never goes back, milliseconds.
 */
export function createTimerWheel(onFault = throwLater, nowMs: () => number = () => performance.now()): TimerWheel {
  const slots = Array.from({ length: SLOTS }, () => createTimer(ignore))
  let interval: NodeJS.Timeout | undefined
  let armed = 0
  /** The last tick whose slot was emptied. */
  let doneTick = tickAt(nowMs())

  const insert = (timer: Timer): void => {
    const dueTick = Math.ceil(timer.dueMs / TICK_MS)
    const tick = Math.min(Math.max(dueTick, doneTick + 1), doneTick + SLOTS - 1)
    const head = slotOf(slots, tick)
    timer.tick = tick
    timer.previous = head.previous
    timer.next = head
    head.previous.next = timer
    head.previous = timer
    armed++
  }
  const remove = (timer: Timer): void => {
    timer.previous.next = timer.next
    timer.next.previous = timer.previous
    timer.previous = timer
    timer.next = timer
    timer.tick = FREE
    armed--
  }
  const cancel = (timer: Timer): void => {
    timer.dueMs = Infinity
    if (timer.tick !== FREE) remove(timer)
  }

  const empty = (head: Timer, now: number): void => {
    for (let timer = head.next; timer !== head; timer = head.next) {
      remove(timer)
      if (timer.dueMs > now) insert(timer)
      else fire(timer)
    }
  }
  const fire = (timer: Timer): void => {
    timer.dueMs = Infinity
    try {
      timer.onDue()
    } catch (error) {
      onFault(error)
    }
  }

  const turn = (): void => {
    const now = nowMs()
    const lastTick = tickAt(now)
    // After a long standstill one turn reaches every slot.
    doneTick = Math.max(doneTick, lastTick - SLOTS)
    while (doneTick < lastTick) {
      doneTick++
      empty(slotOf(slots, doneTick), now)
    }
    if (armed === 0) stop()
  }
  const start = (): void => {
    doneTick = tickAt(nowMs())
    interval = setInterval(turn, TICK_MS)
    interval.unref()
  }
  const stop = (): void => {
    clearInterval(interval)
    interval = undefined
  }

  const armAt = (timer: Timer, dueMs: number): void => {
    if (dueMs === Infinity) return cancel(timer)
    if (interval === undefined) start()
    timer.dueMs = dueMs
    // Slots before the deadline put the timer further when their turn comes.
    if (timer.tick !== FREE && timer.tick * TICK_MS <= dueMs) return
    if (timer.tick !== FREE) remove(timer)
    insert(timer)
  }

  return {
    arm: (timer, delayMs) => armAt(timer, nowMs() + delayMs),
    armAt,
    cancel,
    nowMs,
    turn,
    close: () => {
      stop()
      for (const head of slots) while (head.next !== head) cancel(head.next)
    },
  }
}

function tickAt(ms: number): number {
  return Math.floor(ms / TICK_MS)
}

function slotOf(slots: readonly Timer[], tick: number): Timer {
  // Safe: there is a slot for every remainder.
  return slots[tick % SLOTS] as Timer
}

function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error
  })
}

function ignore(): void {}
