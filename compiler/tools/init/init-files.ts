/** What the files of a new gateway are made with. */
export interface InitFacts {
  /** The gateway's name. */
  readonly name: string
  /** What its keys begin with. */
  readonly prefix: string
  /** Of the first key. */
  readonly digest: string
  /** A date. */
  readonly expires: string
  /** The path of gateway.schema.json for editors, from the gateway's folder. */
  readonly schema: string
}

/** The files of a small gateway that runs, by name. */
export function initFiles(facts: InitFacts): Readonly<Record<string, string>> {
  return {
    'gateway.yaml': gatewayYaml(facts),
    'README.md': readme(facts),
    '.gitignore': 'node_modules/\n',
    '.github/workflows/keysmith.yml': WORKFLOW,
  }
}

function gatewayYaml({ name, prefix, digest, expires, schema }: InitFacts): string {
  return `# yaml-language-server: $schema=${schema}
version: 1

gateway:
  name: ${name}
  listen: 127.0.0.1:8080
  admin: 127.0.0.1:9901 # /healthz /readyz /metrics
  keys: { prefix: ${prefix} } # keys look like ${prefix}_live_<random><checksum>
  revocations: ./revoked.txt # what "keysmith keys revoke" takes back; watched, and it need not exist

upstreams: # who answers
  notes: { targets: [http://127.0.0.1:9000] }

scopes: # what a key may be allowed
  notes:read: Read notes
  notes:write: Write and delete notes

roles:
  author: [notes:read, notes:write]

plans: # how much a key may ask for
  starter: { rate: 100/min, burst: 20, quota: 10_000/day }

apis:
  status:
    basePath: /status
    upstream: notes
    access: public # without a key; so it has a limit of its own
    limits: { rate: 60/min, per: address }
    routes:
      GET /: {}

  notes:
    basePath: /v1/notes
    upstream: notes
    access: authenticated # with a key that holds the route's scope
    routes:
      GET /: { scope: notes:read }
      POST /: { scope: notes:write }
      GET /{noteId}: { scope: notes:read }
      DELETE /{noteId}: { scope: notes:write }

tenants: # who calls
  first:
    plan: starter
    keys:
      first-key:
        digest: ${digest}
        roles: [author]
        expires: ${expires}
`
}

const WORKFLOW = `name: keysmith
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      - run: npx --no -- keysmith check --strict --format github
`

function readme({ name }: InitFacts): string {
  return `# ${name}

\`gateway.yaml\` says who may call what, and how much. The commands need Keysmith in \`node_modules\`, which is where editors
find the language's schema, too: \`npm install --save-dev keysmith\`.

## Try it

Stubs answer in place of the upstreams:

\`\`\`sh
npx --no -- keysmith serve --stub --watch
\`\`\`

The first key's secret was printed when this folder was made. With it in \`SECRET\`:

\`\`\`sh
curl -i http://127.0.0.1:8080/status
curl -i http://127.0.0.1:8080/v1/notes -H "x-api-key: $SECRET"
\`\`\`

## Change it

\`\`\`sh
npx --no -- keysmith check --strict
npx --no -- keysmith keys new --tenant first --id second-key --scopes notes:read --expires 90d --write
npx --no -- keysmith keys rotate second-key
npx --no -- keysmith keys revoke second-key
\`\`\`

\`check\` finds mistakes before they are served; the workflow in \`.github/\` runs it for each change. \`keys new\` prints a
secret once and writes only its digest: nobody can read a secret from this folder. \`rotate\` gives a key another secret, and the
old one opens for 14 days more; \`revoke\` takes both back within a second, without a deploy.
`
}
