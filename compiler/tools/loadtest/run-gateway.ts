import type { RunningGateway } from '../../../schemas/start.ts'
import { loadRuntime } from '../serve/load-runtime.ts'
import { answerParent } from './answer-parent.ts'
import type { GatewayAnswer, GatewayQuestion } from './messages.ts'

let gateway: RunningGateway | null = null

/** A process of its own for the gateway: what it takes is then the gateway's alone. */
answerParent<GatewayQuestion, GatewayAnswer>(async (question) => {
  if (question.ask === 'start') {
    const { startGateway } = await loadRuntime(question.runtimeFile)
    gateway = await startGateway({
      ...question.options,
      threadEntry: question.runtimeFile,
      tell: (line) => void process.stderr.write(line + '\n'),
    })
    return { started: gateway.listen }
  }
  return { refusal: gateway === null ? 'nothing was started' : await gateway.swap(question.script) }
})
