/**
 * Before tests that start the program: its bundle, once for all of them. It stands beside `dist`, so that a test never
 * runs yesterday's build and nobody's `dist` changes under them. A start of the bundle needs half of the processor that
 * a start of the sources needs.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

const ROOT = resolve(import.meta.dirname, '../..');

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(resolve(ROOT, '.test-dist-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  await promisify(execFile)(process.execPath, ['build.ts', folder], { cwd: ROOT }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  project.provide('bundle', folder);
  return remove;
}
