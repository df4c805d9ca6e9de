import { CommandFault, usageFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'

/** No header that carries a secret is longer. */
const SECRET_BYTES_MAX = 8192

const ENTER = /[\r\n\u0004]/
const INTERRUPT = '\u0003'
const RUBOUT = /[\u0008\u007f]/

/** A pipe, or a terminal, which can keep what is typed to itself. */
export interface CommandInput extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean
  readonly setRawMode?: (isRaw: boolean) => unknown
}

/**
 * Reads one secret: all of a pipe without its last line break, or one line of a terminal, which does not show it.
 *
 * @throws A `CommandFault` when there is more than one secret could be, or the person gives up.
 */
export async function readSecret(input: CommandInput, prompt: (text: string) => void): Promise<string> {
  if (input.isTTY === true && input.setRawMode !== undefined)
    return readHidden(input, input.setRawMode.bind(input), prompt)
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk)
    total += bytes.length
    if (total > SECRET_BYTES_MAX) throw tooLong()
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

async function readHidden(
  input: CommandInput,
  setRawMode: (isRaw: boolean) => unknown,
  prompt: (text: string) => void,
): Promise<string> {
  prompt('Secret (not shown): ')
  setRawMode(true)
  try {
    let typed = ''
    for await (const chunk of input) {
      for (const character of Buffer.from(chunk).toString('utf8')) {
        if (character === INTERRUPT) throw new CommandFault(EXIT.usage, 'Given up.')
        if (ENTER.test(character)) return typed
        typed = RUBOUT.test(character) ? typed.slice(0, -1) : typed + character
        if (typed.length > SECRET_BYTES_MAX) throw tooLong()
      }
    }
    return typed
  } finally {
    setRawMode(false)
    prompt('\n')
  }
}

function tooLong(): CommandFault {
  return usageFault(`That is more than any secret: at most ${SECRET_BYTES_MAX} bytes are read from standard input.`)
}
