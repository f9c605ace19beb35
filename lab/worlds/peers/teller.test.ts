/** Applications that purge a cache by their own code: real requests, and real programs. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Asker } from '../../../services/runtime/asker.ts';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import type { Telling } from '../../targets/tell.ts';
import { openTeller } from './teller.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const KEY = { type: 'key', target: 'content:7', mode: 'hard' } as const;
const TAG = { type: 'tag', target: 'news', mode: 'soft' } as const;

function open(telling: Telling, more: { readonly deadlineMs?: number } = {}) {
  const asker = new Asker(clock);
  closing.push(() => asker.close());
  const options = {
    region: 'eu-west',
    cacheUrl: 'http://127.0.0.1:5002',
    asker,
    variables: process.env,
    clock,
    deadlineMs: 60_000,
    ...more,
  };
  const teller = openTeller(telling, options);
  closing.push(() => teller.close());
  return teller;
}

/** An application that answers each request as it is told. */
async function application(status: number) {
  const told: unknown[] = [];
  const server = createServer(async (request, response) => {
    told.push({ method: request.method, url: request.url, body: JSON.parse(await text(request)) });
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { told, port };
}

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-teller-'));
  closing.push(() => rm(folder, { recursive: true }));
  return folder;
}

describe('an application with a webhook', () => {
  it('is told what was written, and of which cache', async () => {
    const { told, port } = await application(204);
    const teller = open({ webhook: `http://127.0.0.1:${port}/purged?from=<port>`, types: ['key'] });
    expect(await teller.tell(KEY)).toMatchObject({ isTaken: true });
    expect(await teller.tell(TAG)).toMatchObject({ isTaken: true });
    const shared = { region: 'eu-west', cache: 'http://127.0.0.1:5002' };
    expect(told).toEqual([
      { method: 'POST', url: '/purged?from=5002', body: { ...shared, ...KEY, id: 7 } },
      { method: 'POST', url: '/purged?from=5002', body: { ...shared, ...TAG } },
    ]);
  });

  it.each([302, 404, 500])('has not purged where it answers %d', async (status) => {
    const { port } = await application(status);
    const url = `http://127.0.0.1:${port}/purged`;
    const told = await open({ webhook: url, types: ['key'] }).tell(KEY);
    expect(told).toEqual({ isTaken: false, text: `POST ${url} key content:7: ${status}` });
  });

  it('has not purged where nobody answers', async () => {
    const { port } = await application(200);
    await closing.pop()?.();
    await expect(open({ webhook: `http://127.0.0.1:${port}/`, types: ['key'] }).tell(KEY)).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('an application that is a program', () => {
  it('is run for each write, with what was written in its words', async () => {
    const out = join(await scratch(), 'out');
    const command = ['sh', '-c', `echo "$@" >> ${out}`, 'sh', '<cache>', '<region>', '<type>', '<target>', '<id>', '<mode>'];
    const teller = open({ command, types: ['key'] });
    expect(await teller.tell(KEY)).toMatchObject({ isTaken: true });
    expect(await teller.tell(TAG)).toMatchObject({ isTaken: true });
    expect(await readFile(out, 'utf8')).toBe(
      'http://127.0.0.1:5002 eu-west key content:7 7 hard\nhttp://127.0.0.1:5002 eu-west tag news  soft\n',
    );
  });

  it('has not purged where it ends with another code than 0, and what it said is told', async () => {
    const told = await open({ command: ['sh', '-c', 'echo no such cache; exit 3'], types: ['key'] }).tell(KEY);
    expect(told).toEqual({ isTaken: false, text: expect.stringContaining('it ended (exit 3); it said: no such cache') });
  });

  it('has not purged where there is no such program', async () => {
    const told = await open({ command: ['no-such-program-here'], types: ['key'] }).tell(KEY);
    expect(told).toEqual({ isTaken: false, text: expect.stringContaining('no-such-program-here is not on this machine') });
  });

  it('that leaves somebody behind keeps nobody waiting: its pipes are let go', async () => {
    const folder = await scratch();
    const left = join(folder, 'left');
    const pipes = () => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;
    const before = pipes();
    const script = `setsid sh -c 'echo $$ > ${left}.tmp; mv ${left}.tmp ${left}; exec sleep 600' & while [ ! -e ${left} ]; do sleep 0.05; done; echo done`;
    expect(await open({ command: ['sh', '-c', script], types: ['key'] }).tell(KEY)).toMatchObject({ isTaken: true });
    const pid = Number(await readFile(left, 'utf8'));
    closing.push(() => process.kill(pid, 'SIGKILL'));
    await vi.waitUntil(() => pipes() <= before, { timeout: 30_000 });
  });

  it('is ended with all it started where it takes too long, and where nobody waits any more', async () => {
    const folder = await scratch();
    const start = (name: string, deadlineMs: number) => {
      const script = `sleep 600 & echo $! > ${folder}/${name}.tmp; mv ${folder}/${name}.tmp ${folder}/${name}; wait`;
      const teller = open({ command: ['sh', '-c', script], types: ['key'] }, { deadlineMs });
      return { teller, told: teller.tell(KEY).catch(String) };
    };
    const pidOf = (name: string) => vi.waitUntil(() => readFile(join(folder, name), 'utf8').then(Number, () => 0), { timeout: 60_000 });
    const isGone = (pid: number) =>
      readFile(`/proc/${pid}/stat`, 'utf8').then(
        (stat) => stat.includes(' Z '),
        () => true,
      );
    const late = start('late', 3_000);
    const latePid = await pidOf('late');
    expect(await late.told).toMatch(/no end within 3000 ms/);
    await vi.waitUntil(() => isGone(latePid), { timeout: 60_000 });
    const unwanted = start('unwanted', 600_000);
    const unwantedPid = await pidOf('unwanted');
    await unwanted.teller.close();
    await vi.waitUntil(() => isGone(unwantedPid), { timeout: 60_000 });
  });
});
