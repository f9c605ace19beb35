/**
 * The lab's end of the control channel: each request to the process of the services, with its answer or its refusal.
 */
import type { ChildProcess } from 'node:child_process';
import { systemClock } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import type { Ask, ControlAnswer, ControlRequest } from '../hosted/control.ts';
import type { FromHost, ToHost } from './messages.ts';

/** Above the longest start of a node. */
const ANSWER_MS_MAX = 15_000;

interface Waiting {
  readonly request: ControlRequest;
  readonly resolve: (answer: ControlAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Requests after the process is gone, or when it does not answer, reject with WorldFailed. */
export function askOf(host: ChildProcess): Ask {
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  const end = (call: number, settle: (waiting: Waiting) => void) => {
    const found = waiting.get(call);
    waiting.delete(call);
    if (found !== undefined) settle(found);
  };
  host.on('message', (message: FromHost) => {
    if (message.type === 'controlled') end(message.call, ({ resolve }) => resolve(message.answer));
    if (message.type === 'refused')
      end(message.call, ({ reject, request }) => reject(new WorldFailed(`${request.do}: ${message.message}`)));
  });
  host.once('exit', () => {
    for (const call of [...waiting.keys()])
      end(call, ({ reject, request }) => reject(new WorldFailed(`${request.do}: the services have ended`)));
  });
  return (request) => {
    if (!host.connected) return Promise.reject(new WorldFailed(`${request.do}: the services have ended`));
    calls += 1;
    const call = calls;
    const answer = new Promise<ControlAnswer>((resolve, reject) => waiting.set(call, { request, resolve, reject }));
    const overdue = systemClock.setTimer(ANSWER_MS_MAX, () =>
      end(call, ({ reject }) => reject(new WorldFailed(`${request.do}: no answer from the services within ${ANSWER_MS_MAX} ms`))),
    );
    host.send({ type: 'control', call, request } satisfies ToHost, (error) => {
      if (error !== null) end(call, ({ reject }) => reject(new WorldFailed(`${request.do}: the services cannot be reached`)));
    });
    return answer.finally(() => overdue.cancel());
  };
}
