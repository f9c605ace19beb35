/** What of a target a configuration of the user's own takes the place of, as its file says it. */
import { z } from 'zod';

const find = z.string().transform((text, context) => {
  try {
    return new RegExp(text, 'gm');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `expected a regular expression, got ${error instanceof Error ? error.message : text}` });
    return z.NEVER;
  }
});

/**
 * Which of the files of a target it takes the place of, what of it is replaced (each must be there), and what stands
 * behind it.
 */
export const writtenConfig = z.strictObject({
  file: z.string(),
  replace: z.array(z.strictObject({ find, with: z.string(), about: z.string() })).min(1),
  /** Lines without which it could not run beside another one. */
  append: z.string().optional(),
});
