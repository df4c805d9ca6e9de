import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkText, summaryOf } from '../support/check.ts'
import { group } from '../support/group.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { gatewayConfig } from './gateway-config.ts'
import { makeKeys } from './keys.ts'
import { nginxConfig } from './nginx-config.ts'
import { SYSTEM_PATH } from './tools.ts'

test('the gateway of the benchmark has no mistake', () => {
  const places = { port: 8080, adminPort: 9901, upstreamPort: 9001, logFile: '/tmp/access.log' }
  expect(summaryOf(checkText(gatewayConfig(makeKeys(1000), places)))).toEqual([])
})

group('nginx of the benchmark', () => {
  test('nginx takes its config with 1 000 keys', () => {
    const folder = temporaryFolder()
    const places = { port: 8080, upstreamPort: 9001, folder, logFile: `${folder}/access.log` }
    writeFileSync(`${folder}/nginx.conf`, nginxConfig(makeKeys(1000), places))
    const args = ['-t', '-p', folder, '-e', `${folder}/nginx.err`, '-c', `${folder}/nginx.conf`]
    execFileSync('nginx', args, { env: { PATH: SYSTEM_PATH }, stdio: 'pipe' })
  })
})
