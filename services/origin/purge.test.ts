/** `POST /api/invalidate` and the writes, as they arrive in the log: their shape, their key and their header. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LogMessage } from '../log/log.ts';
import { EVENT_TYPE_HEADER, invalidationEvent } from '../protocol/invalidation.ts';
import { exchange, type Sent } from '../runtime/testing/http.ts';
import { openedDatabase, RecordingLog, withOrigin } from './testing/origin.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const accepted = z.strictObject({ success: z.literal(true), data: z.strictObject({ id: z.string().regex(UUID) }) });
const openDatabase = openedDatabase();

/** Sends one request and gives its answer with the one message it left in the log. */
async function sendAndAwait(sent: Sent): Promise<{ status: number; json: unknown; message: LogMessage }> {
  const log = new RecordingLog();
  return withOrigin({ database: openDatabase(), log }, async ({ port }) => {
    const { status, json } = await exchange(port, sent);
    await log.until((messages) => messages.length > 0);
    expect(log.messages).toHaveLength(1);
    return { status, json, message: log.messages[0] as LogMessage };
  });
}

const PURGES = (['key', 'tag', 'pattern', 'all'] as const).flatMap((type) =>
  (['hard', 'soft', undefined] as const).map((mode) => ({ type, mode })),
);

describe('a purge', () => {
  it.each(PURGES)('of type $type and mode $mode is answered with 202 and ends in the log', async ({ type, mode }) => {
    const target = type === 'all' ? undefined : `${type}:1*`;
    const { status, json, message } = await sendAndAwait({ method: 'POST', path: '/api/invalidate', body: { type, target, mode } });
    expect(status).toBe(202);
    expect(message.key).toBe(target ?? '*');
    expect(message.headers).toEqual({ [EVENT_TYPE_HEADER]: type });
    expect(invalidationEvent.strict().parse(JSON.parse(message.value))).toEqual({
      id: accepted.parse(json).data.id,
      type,
      target: target ?? '*',
      mode: mode ?? 'hard',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      priority: 'high',
    });
  });

  it('of all keeps the target it was given', async () => {
    const { message } = await sendAndAwait({ method: 'POST', path: '/api/invalidate', body: { type: 'all', target: 'everything' } });
    expect(message.key).toBe('everything');
  });
});

describe('a write', () => {
  it.each([
    ['POST', '/api/content', { title: 't', slug: 's', body: 'b' }, { target: 'content:4', version: 1, priority: 'normal' }],
    ['PUT', '/api/content/2', { title: 't' }, { target: 'content:2', version: 2, priority: 'normal' }],
    ['DELETE', '/api/content/3', undefined, { target: 'content:3', version: 2, mode: 'hard', priority: 'high' }],
  ])('%s %s ends in the log with the version it made', async (method, path, body, expected) => {
    const { message } = await sendAndAwait({ method, path, body });
    expect(message).toMatchObject({ key: expected.target, headers: { [EVENT_TYPE_HEADER]: 'key' } });
    expect(invalidationEvent.strict().parse(JSON.parse(message.value))).toEqual({
      ...expected,
      id: expect.stringMatching(UUID),
      type: 'key',
      timestamp: expect.any(String),
    });
  });
});
