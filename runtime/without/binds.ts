import type { bindsHold as realHold } from '../check-binds.ts'
import type { checkBodyBinds as realBody } from '../check-body-binds.ts'
import { absent } from './absent.ts'

/** For a table that binds nothing. */
export const bindsHold: typeof realHold = () => absent('binds')
export const checkBodyBinds: typeof realBody = ({ route }) =>
  route === null || route.bodyBinds === null ? null : absent('binds')
