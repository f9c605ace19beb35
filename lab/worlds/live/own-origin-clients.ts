/**
 * The clients of a run over an origin of the user's own: what it holds in the end only that origin knows, where its
 * file says how it is read.
 */
import { NoAnswer } from '../../../services/runtime/asker.ts';
import type { RailedAsker } from '../../rails/rails.ts';
import { Clients, type SystemAddress } from '../../system/clients.ts';
import { CallFailed, type Transport } from '../../system/transport.ts';
import { readOfText } from '../../targets/read-answer.ts';
import type { LiveTarget } from '../../targets/target.ts';

export interface OwnOriginClientsOptions {
  readonly target: LiveTarget;
  readonly asker: Pick<RailedAsker, 'look'>;
}

type Held = Awaited<ReturnType<Clients['heldAtOrigin']>>;

const DEADLINE_MS = 10_000;

export class OwnOriginClients extends Clients {
  readonly #options: OwnOriginClientsOptions;

  constructor(transport: Transport, system: SystemAddress, options: OwnOriginClientsOptions) {
    super(transport, system);
    this.#options = options;
  }

  override async heldAtOrigin(id: number): Promise<Held> {
    const { target, asker } = this.#options;
    const written = await this.originVersion(id);
    if (target.live.origin?.read === undefined) return { ...written, isAssumed: true };
    const answered = await asker.look(id, DEADLINE_MS).catch((error: unknown) => {
      throw new CallFailed(error instanceof Error ? error.message : String(error), !(error instanceof NoAnswer), error);
    });
    const { version, found } = readOfText(answered, target);
    if (version === undefined)
      throw new CallFailed(`content ${id} at the origin: expected a content or a 404 with its version, got ${answered.status}`, true);
    // A 404 may say no version: what was deleted was the last of it.
    return { version: !found && version === 0 && written.deleted ? written.version : version, deleted: !found };
  }
}
