import type { checkTlsFiles as real } from '../check-tls-files.ts'
import { absent } from './absent.ts'

/** For a table whose listeners all speak in plain text. */
export const checkTlsFiles: typeof real = (listen) => (listen.every(({ tls }) => tls === null) ? [] : absent('TLS'))
