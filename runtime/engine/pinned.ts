/** An engine that was tried, by what npm installs it as. */
export interface PinnedEngine {
  /** The alias in package.json. */
  readonly name: string
  readonly nodeMajor: number
  readonly platform: string
  readonly version: string
  /** Of the addon's file. */
  readonly sha256: string
}

/** The addons that are loaded without a question. */
export const PINNED_ENGINES: readonly PinnedEngine[] = [
  {
    name: 'uWebSockets.js-node20',
    nodeMajor: 20,
    platform: 'linux-x64',
    version: '20.51.4',
    sha256: '4d482084b665c225892917ee0e9b9572d89eaa6f3dc200ff5e536293d3456c89',
  },
  {
    name: 'uWebSockets.js',
    nodeMajor: 22,
    platform: 'linux-x64',
    version: '20.51.4',
    sha256: 'f687e7c3666b5cca9d355184bbf07bb0550f5ba0d3ffd453248ccfec552dde6c',
  },
  {
    name: 'uWebSockets.js-node24',
    nodeMajor: 24,
    platform: 'linux-x64',
    version: '20.69.0',
    sha256: '177efdc682425d754474bd30f9586c487fa6694f790f3406a23885d0e61c07a0',
  },
  {
    name: 'uWebSockets.js-node26',
    nodeMajor: 26,
    platform: 'linux-x64',
    version: '20.69.0',
    sha256: '604375741bf77780b34e7e299af9274cb1f56d73732201d19e3d8d8448176795',
  },
]
