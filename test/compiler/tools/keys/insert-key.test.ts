import { describe, expect, test } from 'vitest'
import { load } from '../../../../compiler/1-load/load.ts'
import { insertKey } from '../../../../compiler/tools/keys/insert-key.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const KEY = { id: 'added', digest: 'sha256:00', roles: ['partner'], scopes: [], plan: null, expires: '2027-01-31' }

/** What a file becomes when a key is put below a tenant, or null when it is left alone. */
function edit(text: string, tenant = '/tenants/globex'): string | null {
  const folder = temporaryFolder({ 'gateway.yaml': text })
  const { sources } = load(`${folder}/gateway.yaml`, (code) => {
    throw new Error(`the test's own YAML is broken: ${code}`)
  })
  const [source] = sources
  if (source === undefined) throw new Error('the file was not read')
  return insertKey(source, tenant, KEY)
}

/** The lines that an edit added, each marked; the others as they were. */
function marked(text: string, tenant?: string): string {
  const edited = edit(text, tenant) ?? 'left alone'
  const before = text.split('\n')
  let at = 0
  const lines = edited.split('\n').map((line) => {
    if (line !== before[at]) return `+${line}`
    at++
    return line
  })
  expect(at, 'every line that was there is still there, in its order').toBe(before.length)
  return lines.join('\n')
}

describe('a tenant with keys', () => {
  test('gets the new one behind the last', () => {
    expect(
      marked(`tenants:
  globex:
    keys:
      first:
        digest: sha256:11
      last:
        digest: sha256:22
        scopes: [a, b]
  initech:
    plan: free
`),
    ).toBe(`tenants:
  globex:
    keys:
      first:
        digest: sha256:11
      last:
        digest: sha256:22
        scopes: [a, b]
+      added:
+        digest: sha256:00
+        roles: [partner]
+        expires: 2027-01-31
  initech:
    plan: free
`)
  })

  test('keeps comments with the key that they belong to', () => {
    expect(
      marked(`tenants:
  globex:
    keys:
      last:
        digest: sha256:22 # of last
        # suspended: { since: 2026-11-20 }

        # imported: true
    # keysFrom: keys.ndjson

  # the other tenant
  initech: {}
`),
    ).toBe(`tenants:
  globex:
    keys:
      last:
        digest: sha256:22 # of last
        # suspended: { since: 2026-11-20 }

        # imported: true
+      added:
+        digest: sha256:00
+        roles: [partner]
+        expires: 2027-01-31
    # keysFrom: keys.ndjson

  # the other tenant
  initech: {}
`)
  })

  test('is indented as the file is', () => {
    expect(
      marked(`tenants:
    globex:
        keys:
            last:
                digest: sha256:22
`),
    ).toBe(`tenants:
    globex:
        keys:
            last:
                digest: sha256:22
+            added:
+                digest: sha256:00
+                roles: [partner]
+                expires: 2027-01-31
`)
  })

  test.each([
    { last: 'a block of text', value: 'description: |\n          two\n          lines\n' },
    { last: 'a kept block of text', value: 'description: |+\n          two\n\n' },
    { last: 'a list of lines', value: 'scopes:\n          - a\n          - b\n' },
    { last: 'a list as far left as its name', value: 'scopes:\n        - a\n        - b\n' },
    { last: 'braces over several lines', value: 'metadata: {\n          region: eu,\n        }\n' },
    { last: 'a quoted text over several lines', value: 'description: "one\n          two"\n' },
  ])('may end with $last', ({ value }) => {
    const text = `tenants:\n  globex:\n    keys:\n      last:\n        digest: sha256:22\n        ${value}`
    expect(edit(text)).toBe(
      `${text}      added:\n        digest: sha256:00\n        roles: [partner]\n        expires: 2027-01-31\n`,
    )
  })
})

test('a tenant without keys gets them behind what else it has', () => {
  expect(
    marked(`tenants:
  globex:
    plan: premium
    subscriptions:
      orders: { status: approved }
      # ai: { status: pending }
  initech: {}
`),
  ).toBe(`tenants:
  globex:
    plan: premium
    subscriptions:
      orders: { status: approved }
      # ai: { status: pending }
+    keys:
+      added:
+        digest: sha256:00
+        roles: [partner]
+        expires: 2027-01-31
  initech: {}
`)
})

test('an empty tenant loses its braces and nothing else', () => {
  expect(edit('tenants:\n  globex: {} # new here\n  initech: {}\n')).toBe(
    `tenants:
  globex: # new here
    keys:
      added:
        digest: sha256:00
        roles: [partner]
        expires: 2027-01-31
  initech: {}
`,
  )
})

test("a tenant's own file is edited at its root", () => {
  expect(marked('title: Initech\nwants: [orders]\n', '')).toBe(
    `title: Initech
wants: [orders]
+keys:
+  added:
+    digest: sha256:00
+    roles: [partner]
+    expires: 2027-01-31
`,
  )
  expect(edit('# ours\n{}\n', '')).toBe(
    '# ours\nkeys:\n  added:\n    digest: sha256:00\n    roles: [partner]\n    expires: 2027-01-31\n',
  )
})

test('line ends stay those of the file', () => {
  const text = 'tenants:\r\n  globex:\r\n    plan: free\r\n'
  expect(edit(text)).toBe(
    `${text}    keys:\r\n      added:\r\n        digest: sha256:00\r\n        roles: [partner]\r\n        expires: 2027-01-31\r\n`,
  )
})

test('a last line without an end gets one', () => {
  expect(edit('tenants:\n  globex:\n    plan: free')).toBe(
    'tenants:\n  globex:\n    plan: free\n    keys:\n      added:\n        digest: sha256:00\n        roles: [partner]\n        expires: 2027-01-31\n',
  )
})

test('what ends the document stays behind the key', () => {
  expect(edit('tenants:\n  globex:\n    plan: free\n...\n')).toMatch(/expires: 2027-01-31\n\.\.\.\n$/)
})

test.each([
  { layout: 'a tenant in braces', text: 'tenants:\n  globex: { plan: free }\n' },
  { layout: 'keys in braces', text: 'tenants:\n  globex:\n    keys: { last: { digest: "sha256:22" } }\n' },
  { layout: 'all tenants in braces', text: 'tenants: { globex: {} }\n' },
  { layout: 'an explicit name', text: 'tenants:\n  globex:\n    ? plan\n    : free\n' },
  { layout: 'a tenant that is not there', text: 'tenants:\n  initech: {}\n' },
])('$layout is left alone', ({ text }) => {
  expect(edit(text)).toBeNull()
})

test('names that YAML would read as something else are quoted', () => {
  const folder = temporaryFolder({ 'gateway.yaml': 'tenants:\n  globex:\n    plan: free\n' })
  const { sources } = load(`${folder}/gateway.yaml`, () => undefined)
  const key = { ...KEY, id: '007', roles: ['true', '1e3', 'null'], scopes: ['a:'], plan: '12' }
  const text = sources[0] === undefined ? null : insertKey(sources[0], '/tenants/globex', key)
  expect(text).toContain('roles: ["true", "1e3", "null"]\n')
  expect(text).toContain('scopes: ["a:"]\n')
  expect(text).toContain('plan: "12"\n')
})
