import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
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
