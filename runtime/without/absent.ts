/**
 * Ends what a bundle lacks the code for. The bundler leaves out only what the table does not name, so this is a bug; it ends
 * the start or the request, and lets nothing through.
 */
export function absent(feature: string): never {
  throw new Error(`this bundle has no code for ${feature}, and its table asks for it`)
}
