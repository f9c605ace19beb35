/** The clients of a run on a live target. Whoever opens them closes them. */
import type { Releasers } from '../../../services/runtime/releasers.ts';
import type { RailedAsker } from '../../rails/rails.ts';
import { Clients, type SystemAddress } from '../../system/clients.ts';
import { HttpTransport } from '../../system/http-clients.ts';
import type { LiveTarget } from '../../targets/target.ts';
import { LiveTransport } from './live-transport.ts';
import { OwnOriginClients } from './own-origin-clients.ts';
import { OwnOriginWrites } from './own-origin-writes.ts';

export interface LiveClientsOptions {
  readonly target: LiveTarget;
  readonly asker: RailedAsker;
  readonly prefix: string;
  /** Of our origin, the last id that is used up. */
  readonly lastId: number;
  readonly system: SystemAddress;
  /** What the stamps of our upstream say; undefined: there are none. */
  readonly run: string | undefined;
  readonly releasers: Releasers;
}

export interface LiveClients {
  readonly openClients: () => Clients;
  /** Resolves with the sentence where the cache has an answer from somebody else. */
  readonly stranger: Promise<string>;
}

export function liveClients({ target, asker, prefix, lastId, system, run, releasers }: LiveClientsOptions): LiveClients {
  const stranger = Promise.withResolvers<string>();
  const { live } = target;
  const ledger = new HttpTransport();
  releasers.push(() => ledger.close());
  const writes = live.origin && new OwnOriginWrites({ asker, prefix, lastId, ok: live.origin.ok, pass: (call) => ledger.call(call) });
  const { originUrl } = system;
  const through = { asker, originUrl, writes, run, url: live.url.text, onStranger: stranger.resolve };
  const openClients = () => {
    const transport = new LiveTransport({ ...through, others: new HttpTransport() });
    return live.origin === undefined ? new Clients(transport, system) : new OwnOriginClients(transport, system, { target, asker });
  };
  return { openClients, stranger: stranger.promise };
}
