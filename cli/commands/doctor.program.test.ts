import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startProgram } from '../testing/process.ts';

const diagnoses = z.array(
  z.strictObject({ name: z.string(), state: z.enum(['ok', 'warning', 'missing']), says: z.string(), remedy: z.string().nullable() }),
);

describe.concurrent('doctor', () => {
  it('prints a line for each thing and exits 0 where nothing is missing', async () => {
    const { code, stdout, stderr } = await startProgram(['doctor', '--ports', 'auto']).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of ['node', 'memory', 'ports', 'postgres', 'compose']) expect(stdout).toMatch(new RegExp(`^ok +${name} +\\S`, 'm'));
    expect(stdout).toContain(`Node ${process.versions.node}`);
  });

  it('is 107 with a remedy when a port of compose.yaml is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { code, stdout } = await startProgram(['doctor', '--json'], { env: { ORIGIN_PORT: String(port) } }).ended;
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(107);
    expect(diagnoses.parse(JSON.parse(stdout)).find(({ name }) => name === 'ports')).toMatchObject({
      state: 'missing',
      says: expect.stringContaining(`${port} (origin)`),
      remedy: expect.stringContaining('--ports auto'),
    });
  });

  it.each([
    ['docker', 'docker compose 2.40.1', 'ok'],
    ['docker-compose', 'docker-compose 1.29.2', 'warning'],
  ])('asks the program %s which Compose it is', async (program, answer, state) => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-programs-'));
    await writeFile(join(folder, program), `#!/bin/sh\necho ${answer.split(' ').at(-1)}\n`, { mode: 0o755 });
    const { stdout } = await startProgram(['doctor', '--ports', 'auto', '--json'], { env: { PATH: folder } }).ended;
    await rm(folder, { recursive: true });
    const found = diagnoses.parse(JSON.parse(stdout)).find(({ name }) => name === 'compose');
    expect(found).toMatchObject({ state, says: `${answer}, compose.yaml needs 2.23.1 or newer` });
  });

  it('refuses a topology that is not there with 104', async () => {
    const { code, stdout, stderr } = await startProgram(['doctor', '--compose', '/nowhere.yaml']).ended;
    expect({ code, stdout }).toEqual({ code: 104, stdout: '' });
    expect(stderr).toContain('/nowhere.yaml');
  });
});
