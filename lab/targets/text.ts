/** Texts that are handed to a process: whatever the system takes. */
import { z } from 'zod';

const EXPECTED = 'expected a text without NUL';

export const text = z.string().refine((one) => !one.includes('\0'), EXPECTED);
/** Of a command. */
export const word = z
  .string()
  .min(1)
  .refine((one) => !one.includes('\0'), EXPECTED);
