import type { checkBodyType as realType, validateBody as realValidate } from '../validate-body.ts'
import { absent } from './absent.ts'

/** For a table that looks into no body. */
export const checkBodyType: typeof realType = () => absent('body schemas')
export const validateBody: typeof realValidate = () => absent('body schemas')
