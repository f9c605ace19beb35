/** What is known of a run before it begins, and stands in all it leaves. */
import type { Clock } from '../../services/runtime/clock.ts';
import type { HistoryHead } from '../history/history-lines.ts';
import type { Report } from '../report/events.ts';
import type { Backend } from '../worlds/worlds.ts';

export interface RunIdentity {
  readonly seed: number;
  readonly backend: Backend;
  readonly report: Report;
  readonly clock: Clock;
  readonly version: string;
  readonly argv: readonly string[];
  /** The command that does the same again. */
  readonly reproduce: string;
  /** The known bug it runs with. */
  readonly mutant?: string | undefined;
  /** On which machine, and of which checkout. Left out in virtual time. */
  readonly place?: Pick<HistoryHead, 'host' | 'commit'> | undefined;
}
