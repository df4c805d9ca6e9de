import { expect, test } from 'vitest'
import { wantsColors } from '../../compiler/wants-colors.ts'

test.each([
  { stream: 'a terminal', isTTY: true, environment: { TERM: 'xterm' }, wanted: true },
  { stream: 'a pipe', isTTY: false, environment: { TERM: 'xterm' }, wanted: false },
  { stream: 'a terminal with NO_COLOR', isTTY: true, environment: { NO_COLOR: '1' }, wanted: false },
  { stream: 'a terminal with an empty NO_COLOR', isTTY: true, environment: { NO_COLOR: '' }, wanted: true },
  { stream: 'a terminal that has no colours', isTTY: true, environment: { TERM: 'dumb' }, wanted: false },
])('$stream gets colours: $wanted', ({ isTTY, environment, wanted }) => {
  expect(wantsColors({ isTTY }, environment)).toBe(wanted)
})
