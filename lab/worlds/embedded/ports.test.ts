import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { createLogger } from '../../../services/runtime/log.ts';
import { embeddedHosting } from './hosting.ts';
import { findBusyPorts } from './ports.ts';

it('names the port, its service and the process that holds it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sentence = await findBusyPorts([{ port, service: 'origin' }]);
  await new Promise((resolve) => server.close(resolve));
  expect(sentence).toContain(`port ${port} (origin) is busy, held by`);
  const isLinux = await readFile('/proc/net/tcp').then(
    () => true,
    () => false,
  );
  if (isLinux) expect(sentence).toContain(`(pid ${process.pid})`);
});

it('finds nothing wrong with free ports and with port 0', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(
    await findBusyPorts([
      { port, service: 'origin' },
      { port: 0, service: 'edge-us-east' },
    ]),
  ).toBeUndefined();
});

it('is named with its holder and the remedy when a service is to listen on one that was taken a moment ago', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hosting = embeddedHosting({ dumpFile: '', services: new Map([[port, 'edge-us-east']]) });
  const log = createLogger('test', 'silent');
  const serving = hosting.serve({ routes: [], allowedHosts: [], log, port, host: '127.0.0.1' });
  await expect(serving).rejects.toThrow(`port ${port} (edge-us-east) is busy, held by`);
  await expect(serving).rejects.toThrow('Stop what holds it, or use --ports auto');
  await new Promise((resolve) => server.close(resolve));
});

it('finds a free port free however many look at the same moment', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const looks = Array.from({ length: 20 }, () => findBusyPorts([{ port, service: 'origin' }]));
  expect((await Promise.all(looks)).filter((busy) => busy !== undefined)).toEqual([]);
});
