import { stop } from 'esbuild'
import { manyKeysLine, measureManyKeys } from './many-keys.ts'

const KEYS = 100_000

/** Prints what so many keys from a file cost: `npm run bench:keys -- 20000`. */
process.stdout.write(`${manyKeysLine(await measureManyKeys(Number(process.argv[2] ?? KEYS)))}\n`)
await stop()
