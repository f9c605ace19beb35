/** A campaign over the real protocol. */
import { runCampaigns } from '../campaign.ts';
import { Tally } from '../tally.ts';
import { seedSetup } from './kit.ts';

/** What the seeds from 1 came to, and what is wrong with those that failed. `jobs`: how many processes. */
export async function tallyOfClean(seeds: number, jobs: number) {
  const tally = new Tally();
  const campaigns = [{ setup: await seedSetup(), onOutcome: tally.add.bind(tally) }];
  await runCampaigns({ campaigns, seeds: { from: 1, to: seeds }, jobs, stopAtFailure: false, signal: new AbortController().signal });
  const failing = tally.failing.map(({ seed, error, anomalies }) => ({ seed, error, explain: anomalies.map(({ explain }) => explain) }));
  return { verdict: tally.verdict, seeds: tally.seeds, failing };
}
