import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { otherNode } from './other-nodes.ts'

/** Test vectors that many projects share; they lie beside this one, or where the variable says. */
export const SHARED_FOLDER = resolve(process.env['KEYSMITH_SHARED'] ?? '../shared')

/** What some groups of tests need besides Node and npm packages, and how it is had. */
const NEEDS = {
  shared: { isThere: () => existsSync(`${SHARED_FOLDER}/spec`), how: 'the shared folder: set KEYSMITH_SHARED to it' },
  nginx: { isThere: () => hasCommand('nginx'), how: 'nginx: apt-get install nginx-light' },
  wrk: { isThere: () => hasCommand('wrk'), how: 'wrk: apt-get install wrk' },
  curl: { isThere: () => hasCommand('curl'), how: 'curl: apt-get install curl' },
  openssl: { isThere: () => hasCommand('openssl'), how: 'openssl: apt-get install openssl' },
  otherNodes: {
    isThere: () => existsSync(otherNode(22).program) && existsSync(otherNode(24).program),
    how: 'other Nodes: npm ci --prefix test/other-nodes',
  },
  namespaces: {
    isThere: () => hasCommand('ip') && hasCommand('unshare') && canUnshare(),
    how: 'network namespaces: apt-get install iproute2 util-linux, and run as root',
  },
} as const

export type Need = keyof typeof NEEDS

/** Every group that needs something, by the name that `group` gives it. */
export const GROUPS = {
  'the tour of the language': ['shared'],
  'raw requests of other projects': ['shared'],
  'raw answers of other projects': ['shared'],
  'known secrets': ['shared'],
  'trace context vectors': ['shared'],
  'signatures of other projects': ['shared'],
  'paths of another gateway': ['shared'],
  'certificates made for the test': ['openssl'],
  'certificates of the example': ['openssl'],
  'certificates over sockets': ['openssl'],
  'printed curl lines': ['curl'],
  'Nodes beside this one': ['otherNodes'],
  'nginx of the benchmark': ['nginx'],
  'narrow sockets': ['namespaces'],
  'folders that forbid execution': ['namespaces'],
  'a bundle on a read-only machine': ['namespaces'],
  'bundles for another Node': ['otherNodes'],
  'builds for another Node': ['otherNodes'],
  'the faults of the engine': ['shared', 'namespaces'],
  'the pitfalls of the engine': ['shared'],
} as const satisfies Record<string, readonly Need[]>

export type GroupName = keyof typeof GROUPS

/** What a group lacks here, as advice; empty when it can run. */
export function missingFor(group: GroupName): string[] {
  return GROUPS[group].filter((need) => !NEEDS[need].isThere()).map((need) => NEEDS[need].how)
}

function hasCommand(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders.some((folder) => existsSync(`${folder}/${name}`))
}

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
