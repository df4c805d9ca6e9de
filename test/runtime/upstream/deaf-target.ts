import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'

const LISTEN_AND_STAND_STILL = `
  const server = require('node:net').createServer()
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)
  })`

/** More than wait in the kernel's queue of a listener with the smallest one. */
const FILLERS = 4
/** Until the kernel has taken those that it takes. */
const FILLING_MS = 50

/** A target that answers no attempt to connect: its process stands still, and the queue of its listener is full. */
export async function startDeafTarget(): Promise<{ url: string; close: () => Promise<void> }> {
  const child = spawn(process.execPath, ['-e', LISTEN_AND_STAND_STILL], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [text] = await once(child.stdout, 'data')
  const port = Number(String(text))
  const fillers = Array.from({ length: FILLERS }, () => connect(port, '127.0.0.1').on('error', () => {}))
  await new Promise((resolve) => setTimeout(resolve, FILLING_MS))
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const filler of fillers) filler.destroy()
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
