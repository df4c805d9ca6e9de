import { createRequire } from 'node:module'
import { Script } from 'node:vm'
import type { RunningGateway, RuntimeModule } from '../../../schemas/start.ts'
import { answerParent } from './answer-parent.ts'
import type { GatewayAnswer, GatewayQuestion } from './messages.ts'

let gateway: RunningGateway | null = null

/** A process of its own for the gateway: what it takes is then the gateway's alone. */
answerParent<GatewayQuestion, GatewayAnswer>(async (question) => {
  if (question.ask === 'start') {
    const { code, options } = question
    gateway = await load(code).startGateway({
      ...options,
      threadEntry: { code },
      tell: (line) => void process.stderr.write(line + '\n'),
    })
    return { started: gateway.listen }
  }
  return { refusal: gateway === null ? 'nothing was started' : await gateway.swap(question.script) }
})

type ModuleFunction = (module: { exports: unknown }, exports: unknown, require: NodeJS.Require) => void

/** Runs a CommonJS text that is no file. */
function load(code: string): Pick<RuntimeModule, 'startGateway'> {
  const script = new Script(`(function (module, exports, require) {${code}\n})`, { filename: 'gateway.cjs' })
  const module: { exports: unknown } = { exports: {} }
  // Safe: it was built by the process that sent it, around an entry that exports this.
  const run = script.runInThisContext() as ModuleFunction
  run(module, module.exports, createRequire(import.meta.url))
  return module.exports as Pick<RuntimeModule, 'startGateway'>
}
