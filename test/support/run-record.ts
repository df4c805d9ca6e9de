import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Names the folder in which a run of the tests keeps what its processes wrote and which secrets they were given. */
export const RUN_VARIABLE = 'KEYSMITH_TEST_RUN'

const OUTPUT = '.output'
const SECRETS = '.secrets'
const PROBE_CHARACTERS = 16
/** What a secret can stand in: letters of base64, hex and URL-encoding. */
const RUNS = /[A-Za-z0-9+/_=%~.-]{16,}/g
/** What "keys new" and "keys rotate" are there to print: a line that is a key, and nothing else. */
const PRINTED_KEY = /^[a-z][a-z0-9]*_(?:live|test)_[0-9A-Za-z]{38}$/gm

/** Keeps what a process wrote until the run ends. */
export function recordOutput(what: string, text: string): void {
  record(OUTPUT, `\n--- ${what}\n${text}\n`)
}

/** What a command printed; keys that it printed by design are secrets from then on, wherever else they may stand. */
export function recordCommand(args: readonly string[], { stdout, stderr }: { stdout: string; stderr: string }): void {
  const prints = args[0] === 'keys' && (args[1] === 'new' || args[1] === 'rotate')
  const keys = prints ? [...stdout.matchAll(PRINTED_KEY)].map(([key]) => key) : []
  for (const key of keys) recordSecret(key)
  recordOutput(`keysmith ${args.slice(0, 2).join(' ')}`, (prints ? stdout.replace(PRINTED_KEY, '') : stdout) + stderr)
}

/** Keeps a secret that nothing may write. */
export function recordSecret(secret: string): void {
  record(SECRETS, secret + '\n')
}

/** Where secrets stand in what the run's processes wrote, and how much was looked at. */
export function findLeaks(folder: string): {
  readonly leaks: string[]
  readonly secrets: number
  readonly bytes: number
} {
  const files = readdirSync(folder)
  const textsOf = (ending: string): string[] =>
    files.filter((name) => name.endsWith(ending)).map((name) => readFileSync(join(folder, name), 'utf8'))
  const secrets = [...new Set(textsOf(SECRETS).flatMap((text) => text.split('\n')))].filter((one) => one !== '')
  const probes = new Map(secrets.flatMap((secret) => probesOf(secret)))
  const texts = textsOf(OUTPUT)
  const leaks = new Set<string>()
  for (const text of texts) {
    let what = ''
    for (const line of text.split('\n')) {
      if (line.startsWith('--- ')) what = line.slice(4)
      for (const [run] of line.matchAll(RUNS)) {
        for (let i = 0; i + PROBE_CHARACTERS <= run.length; i++) {
          const form = probes.get(run.slice(i, i + PROBE_CHARACTERS))
          if (form !== undefined) leaks.add(`${what}: a secret, ${form}`)
        }
      }
    }
  }
  return { leaks: [...leaks], secrets: secrets.length, bytes: texts.reduce((sum, text) => sum + text.length, 0) }
}

/** Some characters of each form that a secret may have, behind those that other secrets share. */
function probesOf(secret: string): [probe: string, form: string][] {
  const hex = Buffer.from(secret).toString('hex')
  const escaped = hex.replace(/../g, '%$&')
  const backwards = [...secret].reverse().join('')
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64')
    return text.slice(offset === 0 ? 0 : 4)
  })
  const forms: [string, string][] = [
    [secret, 'as it is'],
    [backwards, 'backwards'],
    [hex, 'in hex'],
    [hex.toUpperCase(), 'in hex'],
    [escaped, 'URL-encoded'],
    [escaped.toUpperCase(), 'URL-encoded'],
    ...base64.map((text): [string, string] => [text, 'in base64']),
    ...base64.map((text): [string, string] => [text.replaceAll('+', '-').replaceAll('/', '_'), 'in base64']),
  ]
  return forms.map(([text, form]) => {
    const middle = Math.floor((text.length - PROBE_CHARACTERS) / 2)
    return [text.slice(middle, middle + PROBE_CHARACTERS), form]
  })
}

function record(ending: string, text: string): void {
  const folder = process.env[RUN_VARIABLE]
  if (folder !== undefined) appendFileSync(join(folder, `${process.pid}${ending}`), text)
}
