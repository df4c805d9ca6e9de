import type { validateQuery as real } from '../validate-query.ts'
import { absent } from './absent.ts'

/** For a table that takes any query. */
export const validateQuery: typeof real = ({ route }) =>
  route === null || route.row.query === null ? null : absent('query parameters')
