import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { expect, it } from 'vitest';
import { quietenRequestQueues } from './request-queue.ts';

const logger = { debug() {} };

it('a request queue sets no timer while nothing waits in it, and one as soon as something does', () => {
  quietenRequestQueues();
  quietenRequestQueues();
  const queue = new RequestQueue({
    maxInFlightRequests: 0,
    requestTimeout: 1,
    enforceRequestTimeout: false,
    clientId: '',
    broker: '',
    logger,
  });
  try {
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
    queue.pending.push({});
    queue.checkPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
  } finally {
    queue.destroy();
  }
});
