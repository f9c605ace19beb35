import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { SERVICE_ERRORS } from './errors.ts';

const README = new URL('../../README.md', import.meta.url);

it('every status a service answers an error with is in README', async () => {
  const [, section = ''] = /\n## HTTP\n(.*?)\n## /s.exec(await readFile(README, 'utf8')) ?? [];
  const missing = Object.values(SERVICE_ERRORS).filter(({ status }) => !new RegExp(`\\b${status}\\b`).test(section));
  expect(missing).toEqual([]);
});
