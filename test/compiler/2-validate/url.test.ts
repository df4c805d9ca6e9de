import { expect, test } from 'vitest'
import { createDecider } from '../../support/decider.ts'

test.each(['https://docs.example.com/\u010a', 'https://docs.example.com/>x', 'https://docs.example.com/a b'])(
  'an address that would end up in a header cannot break out of it: %s',
  async (link) => {
    await expect(createDecider(configWith(link))).rejects.toThrow('config-wrong-form')
  },
)

test('an address of visible ASCII is taken', async () => {
  const decide = await createDecider(configWith('https://docs.example.com/migrate?from=1#now'))
  const { route } = decide({ url: '/things' })
  expect(route?.api.lifecycleHeaders).toContain(
    'link: <https://docs.example.com/migrate?from=1#now>; rel="deprecation"',
  )
})

function configWith(link: string): string {
  return `version: 1
gateway: { name: links, listen: "127.0.0.1:8080" }
upstreams:
  things: { targets: [http://127.0.0.1:9000] }
apis:
  things:
    basePath: /things
    upstream: things
    access: public
    lifecycle: deprecated
    deprecation: { since: 2026-10-01, link: ${JSON.stringify(link)} }
    limits: { rate: 60/min, per: address }
    routes: { GET /: {} }
`
}
