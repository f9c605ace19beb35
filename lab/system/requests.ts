/**
 * Requests to one service, at its address, over a transport. Every answer is parsed with the schema that the service
 * declares it by.
 */
import { z } from 'zod';
import { SERVICE_ERRORS, type ServiceErrorCode } from '../../services/protocol/errors.ts';
import { type Call, CallFailed, type RawAnswer, type Transport } from './transport.ts';

export type Request = Omit<Call, 'base'>;

const errorBody = z.object({ success: z.literal(false), error: z.string(), code: z.string() });

export class Requests {
  readonly #transport: Transport;
  readonly #base: string;

  constructor(transport: Transport, base: string) {
    this.#transport = transport;
    this.#base = base;
  }

  send(request: Request): Promise<RawAnswer> {
    return this.#transport.call({ ...request, base: this.#base });
  }

  /** Throws CallFailed for an answer of another status. */
  async expect(status: number, request: Request): Promise<unknown> {
    return bodyOf(status, await this.send(request));
  }

  parse<T>(schema: z.ZodType<T>, body: unknown): T {
    return this.#transport.isTrusted ? (body as T) : schema.parse(body);
  }
}

/** Throws CallFailed for an answer of another status. */
export function bodyOf(expected: number, { status, body }: RawAnswer): unknown {
  if (status === expected) return body;
  const parsed = errorBody.safeParse(body);
  const known = parsed.success && parsed.data.code in SERVICE_ERRORS ? SERVICE_ERRORS[parsed.data.code as ServiceErrorCode] : undefined;
  throw new CallFailed(
    `expected ${expected}, got ${status}: ${parsed.success ? parsed.data.error : 'no readable body'}`,
    known?.definite ?? status < 500,
  );
}
