/**
 * Whose cache an application purges by its own code: how the application is told of a write, in place of requests to
 * the cache.
 */
import { z } from 'zod';
import { type InvalidationType, invalidationType } from '../../services/protocol/invalidation.ts';
import { strangePlaces } from '../../services/protocol/purge-ways.ts';
import type { Problem } from '../input/problems.ts';
import { word } from './text.ts';

/** An application is told of a write, and answers when its cache is purged. */
export type Telling = { readonly types: readonly InvalidationType[] } & (
  | { readonly webhook: string; readonly command?: undefined }
  | { readonly command: readonly string[]; readonly webhook?: undefined }
);

const OF_WEBHOOKS = ['port'];
const OF_COMMANDS = ['cache', 'region', 'type', 'target', 'id', 'mode'];
/** Only this machine is asked: what leaves it needs rails. */
const LOOPBACK = /^http:\/\/(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(?::(?:\d{1,5}|<port>))?(?:\/[\x21-\x7e]*)?$/;
const EXPECTED_URL = 'expected a URL of this machine such as http://127.0.0.1:3000/purged';

/** As a target file says it. */
export const writtenTell = z
  .strictObject({
    /** A POST to it with the invalidation in JSON; a status of 200 to 299 says that it was purged. */
    webhook: z
      .string()
      .refine((url) => LOOPBACK.test(url) && URL.canParse(url.replace('<port>', '1')), EXPECTED_URL)
      .optional(),
    /** Run once for each; 0 says that it was purged. */
    command: z.array(word).min(1).optional(),
    /** What the application knows to purge by; races ask for these. */
    types: z.array(invalidationType).min(1).default(['key']),
  })
  .transform(({ webhook, command, types }, context): Telling => {
    if (webhook !== undefined && command === undefined) return { webhook, types };
    if (command !== undefined && webhook === undefined) return { command, types };
    context.addIssue({ code: 'custom', message: 'expected either a webhook or a command' });
    return z.NEVER;
  });

/** What the schema cannot say. */
export function problemsOfTell({ webhook, command }: Telling): readonly Problem[] {
  if (webhook !== undefined) return strangePlaces(webhook, OF_WEBHOOKS).map((message) => ({ path: ['tell', 'webhook'], message }));
  return command.flatMap((word, at) => strangePlaces(word, OF_COMMANDS).map((message) => ({ path: ['tell', 'command', at], message })));
}
