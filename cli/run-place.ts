/** Where a run happens: what its reports say of the machine and of the checkout. */
import { availableParallelism } from 'node:os';
import type { HistoryHead } from '../lab/history/history-lines.ts';
import { readCommit } from '../lab/input/git-commit.ts';
import { type Backend, SIMULATED } from '../lab/worlds/worlds.ts';

/** undefined in virtual time: there the same seed leaves the same files on every machine. */
export async function runPlace(backend: Backend): Promise<Pick<HistoryHead, 'host' | 'commit'> | undefined> {
  if (backend === SIMULATED) return undefined;
  const { platform, arch, versions } = process;
  const commit = await readCommit('.');
  const host = { platform, arch, processors: availableParallelism(), node: versions.node };
  return { host, ...(commit === undefined ? {} : { commit }) };
}
