/** How a purge travels: by HTTP, to one cache. */
import type { Asker } from '../runtime/asker.ts';
import type { DeliveryOptions } from './delivery.ts';

export interface PurgedCache {
  /** With no path. */
  readonly url: string;
  /** A purge without an answer by then had none. */
  readonly deadlineMs: number;
}

export function askAt(asker: Pick<Asker, 'ask'>, { url, deadlineMs }: PurgedCache): DeliveryOptions['ask'] {
  return ({ path, ...request }) => asker.ask({ url: `${url}${path}`, ...request, deadlineMs });
}
