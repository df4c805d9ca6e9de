import { spawnSync } from 'node:child_process'
import { cpus, release } from 'node:os'
import { allowedCores } from './cores.ts'
import type { Machine } from './result.ts'
import { SYSTEM_PATH } from './tools.ts'

/** @param load The load generator's name. */
export function describeMachine(load: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: allowedCores().length,
    kernel: release(),
    node: process.versions.node,
    nginx: /nginx\/(\S+)/.exec(firstWords('nginx', ['-v']))?.[1] ?? 'missing',
    load: load === 'wrk' ? `wrk ${/wrk (\S+)/.exec(firstWords('wrk', ['-v']))?.[1] ?? ''}`.trim() : load,
  }
}

/** What a program says of its version, wherever it prints that. */
function firstWords(command: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { PATH: SYSTEM_PATH } })
  return `${stdout}${stderr}`
}
