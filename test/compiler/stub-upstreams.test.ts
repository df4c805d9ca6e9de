import { onTestFinished, expect, test } from 'vitest'
import { startStubUpstreams, type StubUpstreams } from '../../compiler/stub-upstreams.ts'

async function stubs(...names: string[]): Promise<StubUpstreams> {
  const started = await startStubUpstreams(names)
  onTestFinished(started.stop)
  return started
}

test('each upstream has an address of its own, and its answer says what came in and for whom', async () => {
  const { targets } = await stubs('orders', 'users')
  expect(new Set([...(targets['orders'] ?? []), ...(targets['users'] ?? [])]).size).toBe(2)
  const answer = await fetch(`${targets['users']?.[0]}/v1/things?a=1`, {
    method: 'POST',
    body: 'four',
    headers: { 'x-keysmith-key': 'clerk', 'x-other': '1' },
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.json()).toEqual({
    upstream: 'users',
    method: 'POST',
    path: '/v1/things?a=1',
    bodyBytes: 4,
    caller: { 'x-keysmith-key': 'clerk' },
  })
})

test('the same request gets the same bytes', async () => {
  const { targets } = await stubs('orders')
  const ask = async (): Promise<string> => (await fetch(`${targets['orders']?.[0]}/x`)).text()
  expect(await ask()).toBe(await ask())
})

test('HEAD has no body, and stopping ends connections that are kept', async () => {
  const started = await startStubUpstreams(['orders'])
  const answer = await fetch(`${started.targets['orders']?.[0]}/x`, { method: 'HEAD' })
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe('')
  await started.stop()
  await expect(fetch(`${started.targets['orders']?.[0]}/x`)).rejects.toThrow()
})

test('each answer is kept back as long as was declared', async () => {
  const started = await startStubUpstreams(['orders'], { latencyMs: 60 })
  onTestFinished(started.stop)
  const startMs = performance.now()
  expect((await fetch(`${started.targets['orders']?.[0]}/x`)).status).toBe(200)
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(59)
})

test('held requests wait, all together, until they are released', async () => {
  const { targets, hold } = await stubs('orders', 'users')
  const held = hold()
  let answered = 0
  const asked = ['orders', 'users', 'users'].map(async (name) => {
    await (await fetch(`${targets[name]?.[0]}/x`)).text()
    answered++
  })
  await expect.poll(held.waiting).toBe(3)
  expect(answered).toBe(0)
  held.release()
  await Promise.all(asked)
  expect(held.waiting()).toBe(0)
  expect((await fetch(`${targets['orders']?.[0]}/x`)).status).toBe(200)
})
