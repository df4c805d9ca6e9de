/** Pieces of base64 at the edges also depend on what stands around. */
const GROUP_BYTES = 3

/** Forms of a secret that a text holds: as it is, in hex, in base64 at any offset, or with its characters escaped. */
export function formsIn(text: string, secret: string): string[] {
  const lower = text.toLowerCase()
  const hex = Buffer.from(secret).toString('hex')
  const escaped = [...hex.matchAll(/../g)].map(([pair]) => `%${pair}`).join('')
  const plain = text.replaceAll('-', '+').replaceAll('_', '/')
  return [
    ...(text.includes(secret) ? ['as it is'] : []),
    ...(lower.includes(hex) ? ['hex'] : []),
    ...(lower.includes(escaped) || lower.includes(encodeURIComponent(secret).toLowerCase()) ? ['URL-encoded'] : []),
    ...(base64Of(secret).some((form) => plain.includes(form)) ? ['base64'] : []),
  ]
}

/** What its base64 is made of wherever it begins, in letters that do not depend on its neighbours. */
function base64Of(secret: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
    const whole = bytes.length - (bytes.length % GROUP_BYTES)
    return bytes
      .subarray(0, whole)
      .toString('base64')
      .slice(offset === 0 ? 0 : 4)
  })
}
