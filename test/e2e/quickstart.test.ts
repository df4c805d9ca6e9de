import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { group } from '../support/group.ts'
import { startServing } from '../support/serve-keysmith.ts'

/** Without the scripts around it: "npm test" has built already, and a build would pull dist/ from under other tests. */
const NPM_START = ['start', '--ignore-scripts', '--', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']

group('printed curl lines', () => {
  test('"npm start" prints lines that show a request allowed, refused twice, and limited', async () => {
    const served = await startServing('npm', NPM_START)
    await served.tells('-> 429\n')
    const lines = served.told().split('\n')
    const commands = lines.filter((line) => /^(curl|for) /.test(line))
    const announced = lines.flatMap((line) => /^# \d\. .* -> (\d+)$/.exec(line)?.[1] ?? [])
    expect(announced).toEqual(['200', '401', '403', '429'])

    const statuses = commands.map((command) => {
      const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
      return stdout.trimEnd().split('\n').at(-1)
    })
    expect(statuses).toEqual(['200', '401', '403', '429'])
  })
})
