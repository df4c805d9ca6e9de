/** One line of a Prometheus text. */
export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\+Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$/
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y

/**
 * Reads the text format, version 0.0.4, as strictly as it is written down: each family is described before its lines, no line
 * comes twice, buckets rise to the count.
 *
 * @throws An Error that shows what is wrong.
 */
export function parseMetrics(text: string): ParsedSample[] {
  const types = new Map<string, string>()
  const samples: ParsedSample[] = []
  const seen = new Set<string>()
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const described = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/.exec(line)
    if (described !== null) {
      const [, kind, name = '', rest = ''] = described
      if (kind === 'TYPE' && types.has(name)) throw new Error(`described twice: ${line}`)
      if (kind === 'TYPE') types.set(name, rest)
      continue
    }
    const sample = parseSample(line)
    const family = sample.name.replace(/_(bucket|sum|count)$/, '')
    const isHistogram = types.get(family) === 'histogram' && family !== sample.name
    if (!isHistogram && !['counter', 'gauge'].includes(types.get(sample.name) ?? ''))
      throw new Error(`undescribed: ${line}`)
    const identity = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`
    if (seen.has(identity)) throw new Error(`twice: ${line}`)
    seen.add(identity)
    samples.push(sample)
  }
  for (const [family, type] of types) if (type === 'histogram') checkHistogram(family, samples)
  return samples
}

/** The value of the one line that has this name and these labels; undefined where there is none. */
export function valueOf(
  samples: readonly ParsedSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samples.filter((sample) => {
    return sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  })
  if (found.length > 1) throw new Error(`${found.length} lines of ${name} ${JSON.stringify(labels)}`)
  return found[0]?.value
}

function parseSample(line: string): ParsedSample {
  const match = SAMPLE.exec(line)
  if (match === null) throw new Error(`unreadable: ${line}`)
  const [, name = '', text = '', value = ''] = match
  const labels: Record<string, string> = {}
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at
    const label = LABEL.exec(text)
    if (label === null) throw new Error(`unreadable labels: ${line}`)
    labels[label[1] ?? ''] = (label[2] ?? '').replace(/\\(.)/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    )
  }
  return { name, labels, value: value === '+Inf' ? Infinity : Number(value) }
}

function checkHistogram(family: string, samples: readonly ParsedSample[]): void {
  const lastBuckets = new Map<string, { readonly le: string; readonly value: number }>()
  const sums = new Set<string>()
  for (const { name, labels, value } of samples) {
    const { le = '', ...series } = labels
    const key = JSON.stringify(series)
    const last = lastBuckets.get(key)
    if (name === `${family}_sum`) sums.add(key)
    if (name === `${family}_bucket` && value < (last?.value ?? 0)) throw new Error(`falling buckets: ${family} ${key}`)
    if (name === `${family}_bucket`) lastBuckets.set(key, { le, value })
    if (name !== `${family}_count`) continue
    if (last?.le !== '+Inf' || last.value !== value) throw new Error(`count without its buckets: ${family} ${key}`)
    if (!sums.has(key)) throw new Error(`count without sum: ${family} ${key}`)
    lastBuckets.delete(key)
  }
  for (const key of lastBuckets.keys()) throw new Error(`buckets without count: ${family} ${key}`)
}
