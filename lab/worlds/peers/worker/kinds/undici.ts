/**
 * undici, by its cache interceptor with a store in memory: an HTTP cache inside a client. A purge is `delete` of the
 * store.
 */
import type { Agent, cacheStores, interceptors } from 'undici';
import { keepable } from '../upstream-client.ts';
import type { OpenWorkerCache } from '../worker-cache.ts';

interface Undici {
  readonly Agent: typeof Agent;
  readonly cacheStores: typeof cacheStores;
  readonly interceptors: typeof interceptors;
}

export const openUndici: OpenWorkerCache = ({ upstream, library }) => {
  const { Agent: Client, cacheStores: stores, interceptors: by } = library() as Undici;
  const store = new stores.MemoryCacheStore();
  const client = new Client().compose(by.cache({ store }));
  const origin = `http://${upstream}`;
  return {
    async read(path) {
      const { statusCode, headers, body } = await client.request({ origin, path, method: 'GET' });
      const texts = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
      const fetched = keepable({ status: statusCode, headers: Object.fromEntries(texts), body: await body.text() });
      // What comes from the store has an age.
      return { ...fetched, isHit: headers['age'] !== undefined };
    },
    forget: async (path) => store.delete({ origin, path, method: 'GET', headers: {} }),
  };
};
