/** A URL in a file of a live target: scheme, host and port alone. */
import { z } from 'zod';
import { readCacheUrl } from '../rails/cache-url.ts';

export const cacheUrl = z.string('expected a URL such as https://cdn.example').transform((text, context) => {
  const read = readCacheUrl(text);
  if (!('problem' in read)) return read;
  context.addIssue({ code: 'custom', message: read.problem });
  return z.NEVER;
});
