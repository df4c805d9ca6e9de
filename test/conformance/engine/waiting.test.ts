import { describe } from 'vitest'
import { engineFaultTests } from './engine-faults.ts'
import { narrowSocketTests } from './narrow-sockets.ts'
import { slowBodyTests } from './slow-bodies.ts'

// What these show takes from 5 to 30 s and hardly any work: at one time, they take no longer than the longest of them.
describe.concurrent('what shows only after a while', () => {
  narrowSocketTests()
  slowBodyTests()
  engineFaultTests()
})
