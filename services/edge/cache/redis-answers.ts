/** What the scripts of the cache answer, as it comes from Redis. */
import { z } from 'zod';
import { entryState } from '../../protocol/edge-api.ts';
import { APPLY_OUTCOMES, type CacheEntry, CacheUnavailable, FILL_OUTCOMES, type Position } from './cache.ts';
import { parseStored } from './redis-entry.ts';

/** Without a heartbeat in effect nothing; else its time, as text: a script tells whole numbers of 32 bits only. */
export const beatAnswer = z.string().transform(Number).nullable();
const foundAnswer = z.tuple([entryState, z.int(), z.string().nullable()]);
/** Of a key that cannot be read why. */
export const lookupAnswer = z.tuple([z.int(), beatAnswer, z.array(z.union([foundAnswer, z.string()]))]);
export const fillAnswer = z.enum(FILL_OUTCOMES);
export const applyAnswer = z.enum(APPLY_OUTCOMES);
export const applyAnswers = z.array(applyAnswer);
export const textAnswers = z.array(z.string());
export const takeUpAnswer = z.tuple([z.string(), textAnswers]);
export const generationAnswer = z.string().nullable();
export const versionsAnswer = z.tuple([textAnswers, textAnswers]);
export const versionRow = z.tuple([z.string(), z.coerce.number(), entryState, z.coerce.number(), z.enum(['0', '1'])]);

/** Only another program's data can fail here; it is as good as no answer. */
export function parsed<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new CacheUnavailable(`expected an answer of this version's scripts, got another: ${z.prettifyError(result.error)}`);
}

export function parsedEntry(body: string): CacheEntry {
  try {
    return parseStored(body);
  } catch (error) {
    throw new CacheUnavailable('expected an entry stored by this version, got another', error);
  }
}

export function toPosition(partition: string | undefined, text = ''): Position {
  const [offset, time, ...id] = text.split(' ');
  return { partition: Number(partition), offset: Number(offset), id: id.join(' '), time: Number(time) };
}

export function chunked(texts: readonly string[], size: number): string[][] {
  return Array.from({ length: texts.length / size }, (_, at) => texts.slice(at * size, at * size + size));
}
