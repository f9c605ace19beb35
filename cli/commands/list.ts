/** `list [scenarios|checks|metrics]`: a line each, or JSON. */
import { Argument, type Command, Option } from 'commander';
import { CHECKS } from '../../lab/checks/checks.ts';
import { EXIT } from '../../lab/errors.ts';
import { RUN_METRICS } from '../../lab/metrics-poller.ts';
import { readScenario } from '../../lab/scenarios/scenario.ts';
import { BUILT_IN_SCENARIOS } from '../program-files.ts';
import type { Session } from '../session.ts';

interface Row {
  readonly name: string;
  readonly about: string;
}

const LISTS: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  scenarios: () =>
    Promise.all(Object.entries(BUILT_IN_SCENARIOS).map(async ([name, file]) => ({ name, about: (await readScenario(file)).title }))),
  checks: async () => Object.values(CHECKS).map(({ name, about }) => ({ name, about })),
  metrics: async () =>
    RUN_METRICS.map(({ metric, data }) => ({ name: metric, about: data.contains === 'time' ? `${data.type}, ms` : data.type })),
};

export function addListCommand(program: Command, session: Session): void {
  program
    .command('list')
    .description('list what there is')
    .addArgument(new Argument('[which]', 'what to list').choices(Object.keys(LISTS)).default('scenarios'))
    .addOption(new Option('--json', 'an array of {name, about}').env('EDGESYNC_JSON'))
    .action(async (which: string, { json }: { readonly json?: boolean }) => {
      const rows = (await LISTS[which]?.()) ?? [];
      const width = Math.max(0, ...rows.map(({ name }) => name.length));
      if (json) session.output.line(JSON.stringify(rows));
      else for (const { name, about } of rows) session.output.line(`${name.padEnd(width)}  ${about}`);
      session.exitWith(EXIT.pass);
    });
}
