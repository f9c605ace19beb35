/**
 * The lab's own requests of a run on a live target: what is for the cache goes through the rails, and nothing else
 * does.
 */
import { RUN_HEADER } from '../../../services/protocol/upstream-api.ts';
import { NoAnswer } from '../../../services/runtime/asker.ts';
import type { RailedAsker } from '../../rails/rails.ts';
import { type Call, CallFailed, type RawAnswer, type Transport } from '../../system/transport.ts';
import type { OwnOriginWrites } from './own-origin-writes.ts';

export interface LiveTransportOptions {
  readonly asker: Pick<RailedAsker, 'ask'>;
  /** Of the cache. */
  readonly url: string;
  readonly originUrl: string;
  /** To our own services. */
  readonly others: Transport;
  /** Left out: our origin is the origin. */
  readonly writes?: Pick<OwnOriginWrites, 'call'> | undefined;
  /** What the stamps of our upstream say. Left out: there are none. */
  readonly run?: string | undefined;
  /** Hears of an answer that the cache has from somebody else, in words. */
  readonly onStranger: (why: string) => void;
}

/** Above the longest fetch. It counts from when a request is sent, however long that waits for its turn. */
const READ_MS_MAX = 10_000;
const FOUND = 200;

export class LiveTransport implements Transport {
  readonly #options: LiveTransportOptions;

  constructor(options: LiveTransportOptions) {
    this.#options = options;
  }

  call(call: Call): Promise<RawAnswer> {
    const { url, originUrl, others, writes } = this.#options;
    if (call.base === url) return this.#read(call);
    return call.base === originUrl && writes !== undefined ? writes.call(call) : others.call(call);
  }

  close(): Promise<void> {
    return this.#options.others.close();
  }

  async #read({ base, path, method }: Call): Promise<RawAnswer> {
    const { asker, run, onStranger } = this.#options;
    const answered = await asker.ask({ url: `${base}${path}`, method, deadlineMs: READ_MS_MAX }).catch((error: unknown) => {
      throw new CallFailed(error instanceof Error ? error.message : String(error), !(error instanceof NoAnswer), error);
    });
    const { status, headers, text } = answered;
    if (run !== undefined && status === FOUND && headers[RUN_HEADER] !== run)
      onStranger("an answer came without the stamp of the lab's upstream: the cache also asks another server");
    return { status, headers, body: jsonOf(text) };
  }
}

/** The text itself where it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
