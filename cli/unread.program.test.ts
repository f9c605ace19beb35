/**
 * A terminal that nobody reads: what heals goes on behind it, signals are heard, and the program ends with its code.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { labEvent } from '../lab/report/events.ts';
import { childrenOf } from '../lab/testing/children.ts';
import type { Pty } from '../lab/testing/pty.ts';
import { freePorts } from './testing/free-ports.ts';
import { untilGone } from './testing/process.ts';
import { isConnectedToLog, openBare, shows, startOutput, stopOutput } from './testing/terminal.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 180_000 });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-unread-'));
  await writeFile(join(folder, 'cut.yaml'), CUT);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Ten times as long as it takes on a machine with nothing else to do. */
const SOON_MS = 120_000;

const CUT = `version: 1
title: A cut
workload: { duration: 4s, reads: 30/s, writes: 4/s, keys: 5 }
method:
  - { at: 500ms, fault: partition, target: 'edge:eu-west<->kafka', for: 1s }
settle: 1s
`;

async function open(...words: readonly string[]) {
  const environment = await freePorts();
  const pty = openBare({ columns: 160, rows: 45, words, environment });
  return { pty, url: `http://127.0.0.1:${environment['EDGE_US_EAST_PORT']}` };
}

async function endOf(pty: Pty): Promise<number> {
  let code: number | undefined;
  void pty.ended.then((ended) => {
    code = ended.code;
  });
  await vi.waitUntil(() => code !== undefined, { timeout: SOON_MS }).finally(() => code ?? pty.kill('SIGKILL'));
  return code ?? -1;
}

/** Whether us-east reaches the log, as its edge tells it: the screen is not needed for that. */
async function untilConnected(url: string, isConnected: boolean): Promise<void> {
  await vi.waitUntil(async () => (await isConnectedToLog(url)) === isConnected, { timeout: SOON_MS, interval: 50 });
}

describe.concurrent.each([
  ['frames', []],
  ['lines for a screen reader', ['--screen-reader']],
] as const)('the terminal that shows %s', (_what, words) => {
  /** A fault of eight seconds in force, and nobody who reads. */
  const unreadWithFault = async () => {
    const { pty, url } = await open(...words);
    await pty.until(shows('world is up'), 'the world');
    pty.press(':');
    await pty.until((lines) => lines.some((line) => line.startsWith(':')), 'the line');
    pty.press('partition edge:us-east<->kafka for 8s\r');
    await pty.until(shows('edge:us-east<->kafka is cut'), 'the fault');
    await untilConnected(url, false);
    await stopOutput(pty);
    return { pty, url };
  };

  it('heals on time behind Ctrl-S, hears a signal, and ends with its code', async () => {
    const { pty, url } = await unreadWithFault();
    await untilConnected(url, true);
    const hosts = await childrenOf(pty.pid);
    process.kill(pty.pid, 'SIGTERM');
    expect(await endOf(pty)).toBe(105);
    await untilGone(hosts);
  });

  it('hears its keys behind Ctrl-S, and says farewell to nobody', async () => {
    const { pty } = await unreadWithFault();
    pty.press('q');
    expect(await endOf(pty)).toBe(0);
  });

  it('hears a second signal behind Ctrl-S', async () => {
    const { pty } = await unreadWithFault();
    process.kill(pty.pid, 'SIGINT');
    process.kill(pty.pid, 'SIGTERM');
    expect(await endOf(pty)).toBe(105);
  });

  it('goes on with what is new after Ctrl-Q', async () => {
    const { pty, url } = await unreadWithFault();
    await untilConnected(url, true);
    startOutput(pty);
    await pty.until(shows('healed: partition edge:us-east<->kafka'), 'the heal');
    pty.press('q');
    expect(await endOf(pty)).toBe(0);
  });
});

describe.concurrent('a run in plain lines', () => {
  const history = async (out: string) => (await readFile(join(folder, out, 'cut', 'history.ndjson'), 'utf8').catch(() => '')) as string;

  it('goes on and ends with its verdict’s code behind Ctrl-S', async () => {
    const { pty } = await open('run', join(folder, 'cut.yaml'), '--out', join(folder, 'plain'));
    await pty.until(shows('fault'), 'the load');
    await stopOutput(pty);
    const code = await endOf(pty);
    const summary = JSON.parse(await readFile(join(folder, 'plain', 'cut', 'summary.json'), 'utf8')) as { exitCode: number };
    expect(code).toBe(summary.exitCode);
    expect(await history('plain')).toMatch(/"healedMs"/);
  });

  it('hears Ctrl-C behind Ctrl-S', async () => {
    const { pty } = await open('run', 'baseline');
    await pty.until(shows('fault'), 'the load');
    await stopOutput(pty);
    pty.press('\u0003');
    expect(await endOf(pty)).toBe(105);
  });

  it('in NDJSON loses no line to a terminal that is read late', async () => {
    const { pty } = await open('run', join(folder, 'cut.yaml'), '--json', '--out', join(folder, 'json'));
    pty.leaveUnread();
    await vi.waitUntil(async () => /"healedMs"/.test(await history('json')), { timeout: SOON_MS, interval: 50 });
    pty.read();
    const code = await endOf(pty);
    const lines = pty.written().replaceAll('\r\n', '\n').trimEnd().split('\n');
    const events = lines.map((line) => labEvent.parse(JSON.parse(line)));
    expect(events[0]?.type).toBe('Start');
    expect(events.at(-1)).toMatchObject({ type: 'Summary', exitCode: code });
    expect(events.filter(({ type }) => type === 'Fault')).toHaveLength(2);
  });

  it('in NDJSON ends by itself though nobody ever reads', async () => {
    const { pty } = await open('run', 'baseline', '--duration', '6s', '--json', '--out', join(folder, 'never'));
    pty.leaveUnread();
    const code = await endOf(pty);
    const summary = JSON.parse(await readFile(join(folder, 'never', 'baseline', 'summary.json'), 'utf8')) as { exitCode: number };
    expect(code).toBe(summary.exitCode);
  });
});

describe.concurrent('up', () => {
  it('starts and serves behind Ctrl-S, also with the logs of its services, and hears a signal', async () => {
    const { pty, url } = await open('up', '--verbose');
    await pty.until(shows('postgres'), 'its first steps');
    await stopOutput(pty);
    await vi.waitUntil(() => isConnectedToLog(url).catch(() => undefined), { timeout: SOON_MS, interval: 50 });
    process.kill(pty.pid, 'SIGTERM');
    expect(await endOf(pty)).toBe(105);
  });
});
