import type { LinkedConfig } from '../../3-link/linked.ts'

/** "GET /v1/orders/{orderId}", "ANY /v2/{rest...}" */
export function nameOfRoute({ routes }: LinkedConfig, position: number): string {
  const route = routes[position]
  return route === undefined ? '' : `${route.name.split(' ')[0]} ${route.path}`
}
