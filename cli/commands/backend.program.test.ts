/** Which world is started where no Docker engine can be used, and what is said of it. */
import { describe, expect, it } from 'vitest';
import { RAN_THROUGH } from '../../lab/testing/alarms.ts';
import { startProgram } from '../testing/process.ts';

const NOWHERE = { EDGESYNC_BACKEND: undefined, DOCKER_HOST: 'unix:///nowhere.sock' };
const SHORT = ['run', 'baseline', '--duration', '1s', '--ports', 'auto'];

describe.concurrent('a backend from the environment', () => {
  const env = { EDGESYNC_BACKEND: 'simulated' };

  it.each([
    [['run', 'stale-set-race', '--quiet', '--seed', '1']],
    [['--theme', 'light', 'run', 'stale-set-race', '--quiet', '--seed', '1']],
  ])('is what the command takes, whatever the terminal does: %j', async (words) => {
    const { code, stdout, stderr } = await startProgram(words, { env }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^PASS {2}stale-set-race /);
  });

  it.each([[[]], [['up']], [['--project', 'run']]])('is refused where it cannot be: %j', async (words) => {
    const { code, stderr } = await startProgram(words, { env }).ended;
    expect({ code, stderr }).toMatchObject({ code: 104, stderr: expect.stringContaining("from env 'EDGESYNC_BACKEND'") });
  });
});

describe.concurrent('without an engine', () => {
  it('the world is embedded unless it is named, with one line that says how to get the other', async () => {
    const { code, stdout, stderr } = await startProgram([...SHORT, '--json'], { env: NOWHERE }).ended;
    expect(RAN_THROUGH).toContain(code);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain('edgesync-lab up --backend docker');
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'Start', backend: 'embedded' });
    expect(stdout).toMatch(/"reproduce":"edgesync-lab run baseline --seed \d+ --backend embedded/);
  });

  it.each([[['run', 'baseline']], [['up']], [['trace', '1']]])(
    '%j of a docker world is 107 with a sentence and the remedy',
    async (words) => {
      const { code, stdout, stderr } = await startProgram([...words, '--backend', 'docker'], { env: NOWHERE }).ended;
      expect(code).toBe(107);
      expect(`${stdout}${stderr}`).toMatch(/no Docker engine listens on \/nowhere\.sock\. Start it .*--backend embedded/);
    },
  );

  it.each([['status'], ['down'], ['heal'], ['fault', 'pause', 'origin']])('%s is 107 with a sentence', async (...words) => {
    const { code, stderr } = await startProgram(words, { env: NOWHERE }).ended;
    expect(code).toBe(107);
    expect(stderr).toContain('no Docker engine listens on /nowhere.sock');
  });

  it('an engine elsewhere is refused by name', async () => {
    const { code, stderr } = await startProgram(['status'], { env: { DOCKER_HOST: 'tcp://build.example:2375' } }).ended;
    expect(code).toBe(107);
    expect(stderr).toContain('got tcp://build.example:2375 from DOCKER_HOST');
  });

  it('doctor says so, as what is missing when it is asked for Docker', async () => {
    const warned = await startProgram(['doctor', '--ports', 'auto'], { env: NOWHERE }).ended;
    expect(warned.code).toBe(0);
    expect(warned.stdout).toMatch(/^warning +engine +no Docker engine listens on \/nowhere\.sock\. To do: Start it/m);
    const missing = await startProgram(['doctor', '--ports', 'auto', '--backend', 'docker'], { env: NOWHERE }).ended;
    expect(missing.code).toBe(107);
    expect(missing.stdout).toMatch(/^missing +engine /m);
  });

  it.each([
    ['run', 'baseline', '--keep'],
    ['trace', '1', '--keep'],
  ])('%s %s --keep is 104: an embedded world ends with the lab', async (...words) => {
    const { code, stdout, stderr } = await startProgram(words, { env: NOWHERE }).ended;
    expect(code).toBe(104);
    expect(`${stdout}${stderr}`).toContain('only docker can be kept');
  });

  it.each([
    [['--tools'], '--profile tools: the embedded world has no profiles'],
    [['--profile', 'redis-ports'], '--profile redis-ports: the embedded world has no profiles'],
    [['--profile', 'debug'], 'expected members or tools or redis-ports, got the profile "debug"'],
  ])('up %j is 104, for there are no containers', async (words, sentence) => {
    const { code, stdout, stderr } = await startProgram(['up', '--ports', 'auto', ...words], { env: NOWHERE }).ended;
    expect(code).toBe(104);
    expect(`${stdout}${stderr}`).toContain(sentence);
  });
});
