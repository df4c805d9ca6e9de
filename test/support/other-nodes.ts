import { resolve } from 'node:path'

const INSTALLED = resolve('test/other-nodes/node_modules')

/** A Node beside the one that runs the tests, and the folder of the engine that belongs to it. */
export interface OtherNode {
  readonly program: string
  readonly engineFolder: string
}

/** Where `npm ci --prefix test/other-nodes` puts the Node of a major version. */
export function otherNode(major: 22 | 24): OtherNode {
  return { program: `${INSTALLED}/node-${major}/bin/node`, engineFolder: `${INSTALLED}/engine-${major}` }
}
