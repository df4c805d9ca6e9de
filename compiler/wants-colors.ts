/**
 * True for a terminal whose reader has not asked for plain text.
 *
 * @see https://no-color.org
 */
export function wantsColors(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR, TERM } = environment
  return stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb'
}
