import pc from 'picocolors'
import { printable } from '../../diagnostics/printable.ts'

/** A terminal that a bar can be drawn on, over and over in one line. */
export interface BarTerminal {
  readonly columns: number
  readonly colors: boolean
  readonly write: (text: string) => void
}

export interface ProgressBar {
  /** @param share How much is done, 0 to 1. */
  readonly show: (share: number, what: string) => void
  readonly clear: () => void
}

const BAR_COLUMNS_MAX = 24
/** Around the bar: brackets, the percentage, blanks. */
const FRAME_COLUMNS = 8
const CLEAR_LINE = '\r\u001b[2K'

/** @param terminal Null where nobody watches: then nothing is drawn. */
export function createProgressBar(terminal: BarTerminal | null): ProgressBar {
  if (terminal === null) return { show: () => undefined, clear: () => undefined }
  const { columns, colors, write } = terminal
  const bar = Math.max(4, Math.min(BAR_COLUMNS_MAX, Math.floor(columns / 3)))
  const color = pc.createColors(colors)
  let isShown = false
  return {
    show: (share, what) => {
      const full = Math.round(Math.min(1, Math.max(0, share)) * bar)
      const percent = `${String(Math.floor(share * 100)).padStart(3)}%`
      const text = printable(what).slice(0, Math.max(0, columns - bar - FRAME_COLUMNS))
      write(`${CLEAR_LINE}${color.cyan('█'.repeat(full))}${color.dim('░'.repeat(bar - full))} ${percent} ${text}`)
      isShown = true
    },
    clear: () => {
      if (isShown) write(CLEAR_LINE)
      isShown = false
    },
  }
}
