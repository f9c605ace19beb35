/**
 * The program that tests start: the bundle as its users have it, made once for all files of a run by `bundle-setup.ts`.
 */
import { join } from 'node:path';
import { inject } from 'vitest';

export const BIN = join(inject('bundle'), 'bin.js');
