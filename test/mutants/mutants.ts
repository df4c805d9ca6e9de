import type { Replacement } from '../support/replacements.ts'
import { ACCESS_MUTANTS } from './access-mutants.ts'

/** A runtime without one of the things that it does about the engine, or about who may do what: its tests must notice. */
export interface Mutant {
  readonly name: string
  /** Of the pitfalls in the reference of the engine; null for what is not about the engine. */
  readonly row: number | null
  /** Where it is shown, under test/. */
  readonly tests: string
  readonly replacement: Replacement
}

const ENGINE_TESTS = 'conformance/engine/'

const mutant = (row: number, name: string, tests: string, file: string, from: string, to: string): Mutant => ({
  name,
  row,
  tests: tests.includes('/') ? tests : ENGINE_TESTS + tests,
  replacement: { file: `runtime/${file}`, from, to },
})

export const MUTANTS: readonly Mutant[] = [
  mutant(2, 'pieces-too-large', 'waiting', 'respond.ts', 'PIECE_BYTES_MAX = 15_000', 'PIECE_BYTES_MAX = 65_536'),
  mutant(
    2,
    'end-forgotten',
    'waiting',
    'respond.ts',
    '  if (backlog.length === 0) response.cork(() => undefined)\n',
    '  if (backlog.length === 0) {\n    response.cork(() => undefined)\n    return answer.events.onRoom(answer)\n  }\n',
  ),
  mutant(
    3,
    'backlog-not-drained',
    'waiting',
    'respond.ts',
    '  if (backlog.length === 0) response.cork(() => undefined)\n',
    '',
  ),
  mutant(
    3,
    'no-on-writable',
    'waiting',
    'respond.ts',
    '  answer.response.onWritable(() => {\n    guarded(answer, onWritable)\n    return true\n  })\n  writeHead(',
    '  writeHead(',
  ),

  mutant(
    4,
    'refused-in-handler',
    'framing',
    'respond.ts',
    '  if (answer.inHandler) setImmediate(() => guarded(answer, sendLater))\n  else sendLater()\n',
    '  sendLater()\n',
  ),
  mutant(4, 'refused-in-on-data', 'framing', 'receive-body.ts', '    answer.inHandler = true\n', ''),

  mutant(5, 'two-lengths', 'framing', 'read-request.ts', 'if (exchange.contentLength >= 0 || ', 'if ('),
  mutant(5, 'any-length', 'framing', 'read-request.ts', ' || !CONTENT_LENGTH.test(value))', ')'),
  mutant(
    5,
    'any-coding',
    'framing',
    'read-request.ts',
    'if (CHUNKED.test(value)) return null',
    "if (value !== '') return null",
  ),
  mutant(5, 'any-host', 'framing', 'read-request.ts', 'if (HOST.test(exchange.host)) goodHost', 'if (true) goodHost'),
  mutant(5, 'any-method', 'framing', 'read-request.ts', 'if (METHODS.has(exchange.method)) return', 'if (true) return'),
  mutant(5, 'any-value', 'framing', 'read-request.ts', 'if (VALUE_REFUSED.test(value))', 'if (false)'),

  mutant(
    6,
    'chunks-anywhere',
    'framing',
    'check-declared-body.ts',
    'return chunked ? refuseFraming',
    'return chunked && contentLength > 0 ? refuseFraming',
  ),
  mutant(6, 'chunks-kept-alive', 'framing', 'respond.ts', 'return expected < 0 || (', 'return ('),
  mutant(6, 'framing-in-disguise', 'framing', 'header-kinds.ts', ' || FRAMING.has(plain)', ''),

  mutant(
    7,
    'no-on-aborted',
    'answers',
    'respond.ts',
    "  response.onAborted(() => {\n    answer.state = 'gone'\n    stopBodyTimer(answer)\n    guarded(answer, events.onGone)\n  })\n",
    '',
  ),
  mutant(
    7,
    'length-without-body',
    'answers',
    'respond.ts',
    "  answer.response.writeHeader('content-length', String(length))\n  endEmpty(answer)\n",
    '  answer.response.endWithoutBody(length)\n  ended(answer)\n',
  ),

  mutant(
    8,
    'handler-unguarded',
    'e2e/faults',
    'handle.ts',
    '    } catch (error) {\n      failWith(thread, answer, error)\n',
    '    } catch (error) {\n      throw error\n',
  ),
  mutant(
    8,
    'callbacks-unguarded',
    'e2e/faults',
    'answer.ts',
    '    callback(answer)\n  } catch (error) {\n    answer.events.onBug(answer, error)\n',
    '    callback(answer)\n  } catch (error) {\n    throw error\n',
  ),
  mutant(
    8,
    'not-settled',
    'e2e/faults',
    'settle.ts',
    '  } finally {\n    thread.record(answer)\n  }\n',
    '  } finally {\n  }\n',
  ),
  mutant(
    8,
    'process-given-up',
    'e2e/faults',
    'server.ts',
    '        thread.onBug(error, null)\n        response.close()\n',
    '        thread.onBug(error, null)\n',
  ),

  mutant(
    9,
    'ended-with-close',
    'answers',
    'respond.ts',
    '    answer.response.end()\n',
    '    answer.response.end(undefined, answer.closing)\n',
  ),
  mutant(
    9,
    'open-though-closing',
    'answers',
    'respond.ts',
    'if (closing && (received || expected <= 0)) response.pause()',
    'if (closing && received && expected < -1) response.pause()',
  ),

  mutant(10, 'two-dates', 'answers', 'answer-lines.ts', "new Set(['date', 'server',", "new Set(['server',"),
  mutant(10, 'server-shown', 'answers', 'answer-lines.ts', "'date', 'server',", "'date',"),
  mutant(10, 'body-of-304', 'answers', 'forward.ts', '  if (!head.hasBody)\n', '  if (!head.hasBody && isHead)\n'),

  mutant(
    11,
    'line-feed-in-value',
    'answers',
    'upstream/scan-fields.ts',
    'if ((ofByte & TEXT_BIT) !== 0) continue',
    'if ((ofByte & TEXT_BIT) !== 0 || byte === LF) continue',
  ),
  mutant(
    11,
    'one-byte-a-letter',
    'answers',
    'upstream/write-request.ts',
    "  if (onFlushed === undefined) socket.write(text, 'utf8')\n",
    "  if (onFlushed === undefined) socket.write(text, 'latin1')\n",
  ),

  mutant(
    12,
    'deaf-when-answered',
    'waiting',
    'respond.ts',
    '  // A response that ends while it is paused leaves its connection deaf.\n  resumeBody(answer)\n',
    '',
  ),
  mutant(
    12,
    'paused-for-ever',
    'waiting',
    'upstream/pool.ts',
    '(connection.isSent ? responseMs : idleMs)',
    '(connection.isSent ? responseMs : Infinity)',
  ),

  mutant(
    12,
    'paused-to-the-end',
    'waiting',
    'receive-body.ts',
    '  } else if (isAlmostThere(answer)) {\n    // The engine has not heeded the pause.\n    resumeBody(answer)\n',
    '',
  ),

  mutant(
    13,
    'dropped-by-the-engine',
    'waiting',
    'receive-body.ts',
    '  answer.response.pause()\n  answer.response.resume()\n}\n',
    '}\n',
  ),
  mutant(
    13,
    'as-slow-as-may-be',
    'waiting',
    'receive-body.ts',
    'return answer.events.onSlowBody(answer)',
    'return startBodyTimer(answer, SLOW_BODY_MS)',
  ),

  mutant(
    15,
    'no-lingering',
    'uploads',
    'respond.ts',
    '  if (!answer.received && answer.expected !== 0) return linger(answer, sendLater)\n',
    '',
  ),

  mutant(
    16,
    'proxy-believed',
    'connections',
    'server.ts',
    'response.getRemoteAddress()',
    '(response.getProxiedRemoteAddress().byteLength > 0 ? response.getProxiedRemoteAddress() : response.getRemoteAddress())',
  ),

  mutant(
    18,
    'port-shared-by-one',
    'listening',
    'server.ts',
    'exclusive ? engine.LIBUS_LISTEN_EXCLUSIVE_PORT : SHARED_PORT',
    'exclusive ? SHARED_PORT : SHARED_PORT',
  ),
  mutant(
    18,
    'port-shared-by-two',
    'listening',
    'reserve-ports.ts',
    'port: await freePort(address.host, address.port) }',
    'port: address.port === 0 ? await freePort(address.host, 0) : address.port }',
  ),
  mutant(
    18,
    'ended-while-listening',
    'listening',
    'run-thread.ts',
    '    server.stopListening()\n    server.close()\n    throw',
    '    throw',
  ),

  mutant(
    19,
    'throw-ends-thread',
    'threads',
    'run-thread.ts',
    "  process.on('uncaughtException', (error) => onBug(error, null))\n",
    '',
  ),
  mutant(
    19,
    'rejection-not-told',
    'threads',
    'run-thread.ts',
    "  process.on('unhandledRejection', (error) => onBug(error, null))\n",
    "  process.on('unhandledRejection', () => undefined)\n",
  ),
  mutant(
    19,
    'thread-not-replaced',
    'threads',
    'threads.ts',
    '      setTimeout(() => restart(index), RESTART_MS[Math.min(deaths, RESTART_MS.length - 1)])\n',
    '',
  ),
  mutant(19, 'counts-of-the-dead', 'threads', 'main.ts', '        clearThread(limits, index, total)\n', ''),
  mutant(19, 'requests-of-the-dead', 'threads', 'main.ts', '        observatory.clearThread(index)\n', ''),

  mutant(
    20,
    'heads-of-4-kb',
    'segments',
    'main.ts',
    "  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] = String(headersBytesMax + urlBytesMax + ENGINE_HEAD_SPARE_BYTES)\n",
    '',
  ),

  mutant(21, 'dot-segments', 'paths', 'path.ts', ' || ((dotted || escaped) && hasDotSegment(path))', ''),
  mutant(21, 'escaped-dots', 'paths', 'path.ts', '((dotted || escaped) && hasDotSegment', '(dotted && hasDotSegment'),
  mutant(21, 'any-escape', 'paths', 'path.ts', ' || REFUSED_ESCAPES.has(hex)', ''),
  mutant(21, 'two-slashes', 'paths', 'path.ts', 'if (previous === SLASH_CODE) return null', 'if (false) return null'),
  mutant(21, 'backslash', 'paths', 'path.ts', "of '\\\\;#?'", "of ';#?'"),

  mutant(23, 'any-engine', 'engine-file', 'engine/load.ts', 'if (sha256 === pinned.sha256) return path', 'return path'),

  ...ACCESS_MUTANTS,
]
