const SEED_MAX = 2 ** 31

/** The seed that PARITY_SEED names, to see a run again; else one of the clock, so that each run asks something new. */
export function seedOfRun(): number {
  const named = process.env['PARITY_SEED']
  if (named === undefined) return Date.now() % SEED_MAX
  if (!/^[0-9]{1,10}$/.test(named)) throw new Error(`PARITY_SEED must be a whole number, not ${JSON.stringify(named)}`)
  return Number(named)
}
