import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMPOSE_FILE } from '../program-files.ts';
import { givenVariables, toCommandWith } from './given-variables.ts';

describe('the variables that a topology takes', () => {
  const variables = {
    CIRCUIT_BREAKER: 'on',
    HOT_MS: '',
    WARM_KEYS: undefined,
    ADMIN_TOKEN: 'hidden',
    ORIGIN_PORT: '4001',
    HOME: '/somewhere',
    PRICE: '5',
    MY_DELAY: '5ms',
  };

  it('are those that are set, without secrets and ports', async () => {
    expect([...(await givenVariables(COMPOSE_FILE, variables))]).toEqual([['CIRCUIT_BREAKER', 'on']]);
  });

  it('are also those of a file of the user', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-given-'));
    try {
      const file = join(folder, 'compose.yaml');
      await writeFile(file, `services: { a: { environment: { D: "\${MY_DELAY:-1ms}", E: "\${MY_DELAY}", F: "$$\{PRICE}" } } }\n`);
      expect([...(await givenVariables(file, variables))]).toEqual([
        ['CIRCUIT_BREAKER', 'on'],
        ['MY_DELAY', '5ms'],
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are none of a file that cannot be read', async () => {
    expect([...(await givenVariables('nowhere.yaml', { MY_DELAY: '5ms' }))]).toEqual([]);
  });

  it('stand before the command, as a shell reads them', () => {
    const given = new Map([
      ['A', 'on'],
      ['B', "it's 5 s"],
    ]);
    expect(toCommandWith(given, ['edgesync-lab', 'run', 'my file.yaml'])).toBe(`A=on B='it'\\''s 5 s' edgesync-lab run 'my file.yaml'`);
    expect(toCommandWith(undefined, ['edgesync-lab'])).toBe('edgesync-lab');
  });
});
