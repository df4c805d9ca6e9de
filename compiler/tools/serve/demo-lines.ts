import { dirname, join } from 'node:path'
import type { ListenRow } from '../../../schemas/table.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { chooseDemo } from './demo-choices.ts'
import { readDemoKeys } from './demo-keys.ts'
import { demoRequests } from './demo-requests.ts'

const DEMO_KEYS_FILE = 'demo-keys.json'

/**
 * Commands to try a gateway with, numbered and with what they show; none unless the secrets of its keys lie beside its
 * config.
 *
 * @param file The config's main file.
 */
export function demoLines(file: string, config: LinkedConfig, listen: ListenRow, nowMs: number): string[] {
  const demoKeys = readDemoKeys(join(dirname(file), DEMO_KEYS_FILE), config)
  if (demoKeys.length === 0) return []
  const requests = demoRequests(chooseDemo(config, demoKeys, nowMs), config, listen)
  if (requests.length === 0) return []
  return [
    '',
    'To try it, in another terminal:',
    ...requests.flatMap(({ title, command, status }, i) => ['', `# ${i + 1}. ${title} -> ${status}`, command]),
    '',
  ]
}
