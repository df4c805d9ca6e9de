import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const ROOT = resolve(import.meta.dirname, '../../..')
const SUPPORT = join(ROOT, 'test/support')

/**
 * Runs a scenario in a network namespace of its own, where it may make the buffers of sockets small. With the usual ones on
 * loopback, of several MB, most faults of a stream do not show.
 *
 * @param file A module whose default work prints one line of JSON. It finds the tests' support modules as tests do.
 * @returns What it printed.
 */
export async function runNarrow(file: string, environment: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const folder = join(ROOT, 'dist/narrow')
  const outfile = join(folder, `${process.pid}-${performance.now()}.js`)
  mkdirSync(folder, { recursive: true })
  try {
    await build({
      entryPoints: [file],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      packages: 'external',
      // The support modules find the project from where they lie.
      define: { 'import.meta.dirname': JSON.stringify(SUPPORT) },
      logLevel: 'warning',
    })
    const setUp = 'PATH=$PATH:/usr/sbin:/sbin ip link set lo up; exec "$0" "$@"'
    const args = ['-n', 'sh', '-ec', setUp, process.execPath, '--enable-source-maps', outfile]
    return JSON.parse(await outputOf('unshare', args, environment)) as unknown
  } finally {
    rmSync(outfile, { force: true })
  }
}

function outputOf(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: ROOT,
    env: { ...process.env, ...environment },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code, signal) => {
      if (code === 0) done(stdout)
      else fail(new Error(`the scenario ended with ${code ?? signal}: ${stderr.slice(-4000)}`))
    })
  })
}
