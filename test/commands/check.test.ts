import { expect, test } from 'vitest'
import { SMALL_CONFIG } from '../support/small-config.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const BROKEN = SMALL_CONFIG.replace('upstream: origin', 'upstream: orign')

test('a config without faults says what it holds on standard output, and nothing else', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  expect(await runKeysmith(['check'], { cwd })).toEqual({
    exit: 0,
    stdout: 'gateway.yaml: 1 route in 1 api, 1 key of 1 tenant. No errors, no warnings.\n',
    stderr: '',
  })
})

test('a fault is printed with its place, its line and what was meant; the count goes to standard error', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': BROKEN })
  const { exit, stdout, stderr } = await runKeysmith(['check', '.'], { cwd })
  expect(exit).toBe(1)
  expect(stdout).toBe(
    [
      'gateway.yaml:14:15 error upstream-unknown',
      '  There is no upstream "orign".',
      '  14 |     upstream: orign',
      '                     ^^^^^',
      '  hint: Did you mean "origin"?',
      '  docs: compiler/DIAGNOSTICS.md#upstream-unknown',
      '',
      '',
    ].join('\n'),
  )
  expect(stderr).toBe('1 error\n')
})

test('json has the shape that tools rely on', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': BROKEN })
  const { exit, stdout, stderr } = await runKeysmith(['check', '--format', 'json'], { cwd })
  expect(exit).toBe(1)
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    format: 1,
    valid: false,
    errors: 1,
    warnings: 0,
    diagnostics: [
      {
        severity: 'error',
        code: 'upstream-unknown',
        message: 'There is no upstream "orign".',
        hint: 'Did you mean "origin"?',
        why: 'A request would have nowhere to go.',
        file: 'gateway.yaml',
        line: 14,
        column: 15,
        endLine: 14,
        endColumn: 20,
        docs: 'compiler/DIAGNOSTICS.md#upstream-unknown',
      },
    ],
  })
})

test('a config without faults is valid in json, too', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  const { exit, stdout } = await runKeysmith(['check', '--format', 'json'], { cwd })
  expect(exit).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ format: 1, valid: true, errors: 0, warnings: 0, diagnostics: [] })
})

test('github gets a workflow command a fault', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': BROKEN })
  const { exit, stdout } = await runKeysmith(['check', '--format', 'github'], { cwd })
  expect(exit).toBe(1)
  expect(stdout).toBe(
    '::error file=gateway.yaml,line=14,col=15,endLine=14,endColumn=20,title=upstream-unknown::' +
      'There is no upstream "orign".%0AHint: Did you mean "origin"?%0ADocs: compiler/DIAGNOSTICS.md#upstream-unknown\n',
  )
})

test('sarif names the rule, the place and the tool', async () => {
  const cwd = temporaryFolder({ 'my config/gateway.yaml': BROKEN })
  const { exit, stdout } = await runKeysmith(['check', 'my config', '--format', 'sarif'], { cwd })
  expect(exit).toBe(1)
  const { version, runs } = JSON.parse(stdout)
  expect(version).toBe('2.1.0')
  expect(runs).toHaveLength(1)
  expect(runs[0].tool.driver).toMatchObject({ name: 'keysmith', rules: [{ id: 'upstream-unknown' }] })
  expect(runs[0].results).toEqual([
    {
      ruleId: 'upstream-unknown',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'There is no upstream "orign". Did you mean "origin"?' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'my%20config/gateway.yaml' },
            region: { startLine: 14, startColumn: 15, endLine: 14, endColumn: 20 },
          },
        },
      ],
    },
  ])
})

test('only --strict fails for warnings', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG.replace(/\n +expires: .*/, '') })
  const lenient = await runKeysmith(['check'], { cwd })
  const strict = await runKeysmith(['check', '--strict'], { cwd })
  expect(lenient.stdout).toContain(' warning ')
  expect(lenient.stderr).toBe('1 warning\n')
  expect({ ...strict, exit: 0 }).toEqual(lenient)
  expect([lenient.exit, strict.exit]).toEqual([0, 1])
})

test('--at is the clock of rules that look at one', async () => {
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG })
  const { stdout } = await runKeysmith(['check', '--at', '2098-12-15'], { cwd })
  expect(stdout).toContain(' warning ')
})

test('of very many faults the first hundred are printed and all are counted', async () => {
  const keys = Array.from({ length: 250 }, (_, i) => `  scope-${i}: 7`).join('\n')
  const cwd = temporaryFolder({
    'gateway.yaml': SMALL_CONFIG.replace('  things:read: Read things', `  things:read: x\n${keys}`),
  })
  const { exit, stdout, stderr } = await runKeysmith(['check'], { cwd })
  expect(exit).toBe(1)
  expect(stdout.match(/ error /g)).toHaveLength(100)
  expect(stderr).toBe('250 errors (150 not shown)\n')
})

test('what a terminal would act upon is escaped in every format', async () => {
  const cwd = temporaryFolder({
    'gateway.yaml': SMALL_CONFIG.replace('upstream: origin', 'upstream: "\\e[2J\\u202e\\u009b"'),
  })
  for (const format of ['pretty', 'json', 'github', 'sarif']) {
    const { exit, stdout } = await runKeysmith(['check', '--format', format], { cwd })
    expect(exit).toBe(1)
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  }
})

test('a config that is not there is no wrong config', async () => {
  const { exit, stdout } = await runKeysmith(['check'], { cwd: temporaryFolder() })
  expect(exit).toBe(4)
  expect(stdout).toContain('The file "gateway.yaml" does not exist.')
})

test('an included file that is not there makes the config wrong', async () => {
  const include = 'include:\n  - { tenant: initech, file: tenants/initech.yaml }\n'
  const cwd = temporaryFolder({ 'gateway.yaml': SMALL_CONFIG + include })
  const { exit, stdout } = await runKeysmith(['check'], { cwd })
  expect(exit).toBe(1)
  expect(stdout).toContain('gateway.yaml:26:30 error file-missing')
})
