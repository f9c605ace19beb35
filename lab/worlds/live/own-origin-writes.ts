/**
 * Writes to an origin of the user's own. Our origin is the ledger: it draws ids, counts versions and tells the log. The
 * user's origin has a write first, then the ledger, so that no purge comes before what it is for. Writes of one
 * content, and creations, go one after another: the version and the id that the ledger will give are known before.
 */
import { type Answered, NoAnswer } from '../../../services/runtime/asker.ts';
import type { WrittenContent } from '../../rails/allowed-requests.ts';
import type { RailedAsker } from '../../rails/rails.ts';
import { type Call, CallFailed, type RawAnswer } from '../../system/transport.ts';
import type { WriteKind } from '../../targets/own-origin.ts';

export interface OwnOriginWritesOptions {
  readonly asker: Pick<RailedAsker, 'write'>;
  /** Statuses of a write that was taken. */
  readonly ok: readonly number[];
  /** What the slugs and tags of this run begin with. */
  readonly prefix: string;
  /** Of the ledger, the last id that is used up. */
  readonly lastId: number;
  /** To the ledger. */
  readonly pass: (call: Call) => Promise<RawAnswer>;
}

/** Of a create or an update. */
interface Draft {
  readonly slug?: string;
  readonly body?: string;
  readonly tags?: readonly string[];
}

type Content = Omit<WrittenContent, 'id'>;

const DEADLINE_MS = 10_000;
const CONTENT = /^\/api\/content(?:\/(\d+))?$/;
const KINDS: Readonly<Partial<Record<Call['method'], WriteKind>>> = { POST: 'create', PUT: 'update', DELETE: 'delete' };
const REFUSED = { min: 400, max: 500 } as const;
/** Of these nobody knows whether the write was done. */
const UNSURE: readonly number[] = [408, 409, 425];

export class OwnOriginWrites {
  readonly #options: OwnOriginWritesOptions;
  readonly #contents = new Map<number, Content>();
  /** Creations under undefined. */
  readonly #tails = new Map<number | undefined, Promise<unknown>>();
  #lastId: number;

  constructor(options: OwnOriginWritesOptions) {
    this.#options = options;
    this.#lastId = options.lastId;
  }

  /** A call to our origin. Throws CallFailed. */
  call(call: Call): Promise<RawAnswer> {
    const kind = KINDS[call.method];
    const [path, id] = CONTENT.exec(call.path) ?? [];
    if (kind === undefined || path === undefined) return this.#options.pass(call);
    return this.#inTurn(id === undefined ? undefined : Number(id), () =>
      this.#write(kind, id === undefined ? undefined : Number(id), call),
    );
  }

  #inTurn<Result>(of: number | undefined, run: () => Promise<Result>): Promise<Result> {
    const turn = (this.#tails.get(of) ?? Promise.resolve()).then(run);
    this.#tails.set(
      of,
      turn.catch(() => {}),
    );
    return turn;
  }

  async #write(kind: WriteKind, known: number | undefined, call: Call): Promise<RawAnswer> {
    const { pass } = this.#options;
    const before = known === undefined ? undefined : this.#contents.get(known);
    // Nothing of this run: the ledger says so.
    if (known !== undefined && before === undefined) return pass(call);
    const id = known ?? this.#lastId + 1;
    const content = this.#after(before, draftIn(call.body));
    const failed = await this.#send(kind, { id, ...content });
    if (failed?.definite) throw failed;
    if (known === undefined) this.#lastId = id;
    const answer = await pass(call);
    if (kind === 'delete') this.#contents.delete(id);
    else this.#contents.set(id, content);
    if (failed !== undefined) throw failed;
    return answer;
  }

  #after(before: Content | undefined, { slug, body, tags }: Draft): Content {
    const { prefix } = this.#options;
    const named = (names: readonly string[]) => names.map((name) => `${prefix}-${name}`);
    return {
      slug: before?.slug ?? `${prefix}-${slug ?? ''}`,
      version: (before?.version ?? 0) + 1,
      value: body ?? before?.value ?? '',
      // The one that is the content's own first.
      tags: tags === undefined ? (before?.tags ?? []) : named(tags.toReversed()),
    };
  }

  /** undefined: it was taken. What failed definitely was not done. */
  async #send(kind: WriteKind, content: WrittenContent): Promise<CallFailed | undefined> {
    const { asker, ok } = this.#options;
    const what = `${kind} of content ${content.id} at the origin of the target`;
    let answered: Answered;
    try {
      answered = await asker.write(kind, content, DEADLINE_MS);
    } catch (error) {
      const isSent = error instanceof NoAnswer;
      return new CallFailed(`${what}: ${error instanceof Error ? error.message : String(error)}`, !isSent, error);
    }
    const { status } = answered;
    if (ok.includes(status)) return undefined;
    const isRefused = status >= REFUSED.min && status < REFUSED.max && !UNSURE.includes(status);
    return new CallFailed(`${what}: expected ${ok.join(' or ')}, got ${status}`, isRefused);
  }
}

function draftIn(body: unknown): Draft {
  if (typeof body !== 'object' || body === null) return {};
  const { slug, body: text, tags } = body as Record<string, unknown>;
  return {
    ...(typeof slug === 'string' ? { slug } : {}),
    ...(typeof text === 'string' ? { body: text } : {}),
    ...(Array.isArray(tags) ? { tags: tags.filter((tag) => typeof tag === 'string') } : {}),
  };
}
