import type { Pointer } from '../../diagnostics/report.ts'
import type { SameStep, Steps } from './steps.ts'

/**
 * The schemas that need themselves for the very same value: validating with one would never end. One place for each circle,
 * the step that closes it.
 */
export function endlessPlaces(steps: ReadonlyMap<Pointer, Steps>): Pointer[] {
  const done = new Set<Pointer>()
  const closing: Pointer[] = []
  // Depth first, without recursion: a step back to a place that is still open closes a circle.
  for (const start of steps.keys()) {
    if (done.has(start)) continue
    const path = [{ at: start, next: 0 }]
    const open = new Set([start])
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step: SameStep | undefined = steps.get(top.at)?.same[top.next++]
      if (step === undefined) {
        open.delete(top.at)
        done.add(top.at)
        path.pop()
      } else if (open.has(step.to)) closing.push(step.via)
      else if (!done.has(step.to)) {
        open.add(step.to)
        path.push({ at: step.to, next: 0 })
      }
    }
  }
  return closing
}
