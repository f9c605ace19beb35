/**
 * `npm run model -- lease|members|protocol KIND [NAME] [--runs N] [--seed N]`: the explicit-state models of the lease,
 * of several members of a region on one cache, and of the invalidation protocol. It says of each suite whether the
 * property holds, with a trace where it does not, and ends with 1 where a suite did not end as it should.
 */
import { parseArgs } from 'node:util';
import { EXIT, type ExitCode } from '../../../lab/errors.ts';
import { BREAK as LEASE_BREAK } from './lease/suites/break.ts';
import { HOLD as LEASE_HOLD } from './lease/suites/hold.ts';
import * as lease from './lease/suites/run.ts';
import { SPARE } from './lease/suites/spare.ts';
import { POWER as LEASE_POWER, WALKS as LEASE_WALKS } from './lease/suites/walks.ts';
import { BREAK as MEMBERS_BREAK } from './members/suites/break.ts';
import { HOLD as MEMBERS_HOLD } from './members/suites/hold.ts';
import * as members from './members/suites/run.ts';
import { POWER as MEMBERS_POWER, WALKS as MEMBERS_WALKS } from './members/suites/walks.ts';
import { BREAK as PROTOCOL_BREAK } from './protocol/suites/break.ts';
import { HOLD as PROTOCOL_HOLD } from './protocol/suites/hold.ts';
import { LARGE as PROTOCOL_LARGE } from './protocol/suites/large.ts';
import * as protocol from './protocol/suites/run.ts';
import { WALKS as PROTOCOL_WALKS } from './protocol/suites/walks.ts';
import type { Searched, Violations, Walked } from './search.ts';
import type { Walks } from './suite.ts';

const USAGE = `npm run model -- lease break|hold|spare|walk|power [NAME] [--runs N] [--seed N]
npm run model -- members break|hold|walk|power [NAME] [--runs N] [--seed N]
npm run model -- protocol break|hold|large|walk [NAME] [--runs N] [--seed N]

Searches the model of the lease, that of several members on one cache, or that of the invalidation protocol.
NAME is one suite, such as L3.
  break  each rule taken out: a shortest trace of what is violated
  hold   the rules as they should stand: every state is visited
  large  the same, larger: minutes and some GB of memory each
  spare  rules that are not needed: every state is visited
  walk   random walks with everything mixed, by --runs (default: 1000) and --seed (default: 1)
  power  each rule taken out, under random walks: what they find (defaults: 1500 and 5)`;

interface Ended {
  readonly violations: Violations;
  /** Whether it means something that nothing was found. */
  readonly isWhole: boolean;
  readonly nothing: string;
  readonly size: string;
}

interface Runnable {
  readonly name: string;
  readonly about: string;
  /** Walks are for suites of random walks. */
  readonly run: (walks: Walks) => Ended;
}

interface Kind {
  readonly suites: readonly Runnable[];
  /** Whether the suites should violate the property; left out where both may be. */
  readonly isViolated?: boolean;
  /** Left out where the search is exhaustive. */
  readonly walks?: Walks;
}

const WALKS: Walks = { runs: 1000, seed: 1 };
const POWER_WALKS: Walks = { runs: 1500, seed: 5 };

const MODELS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  lease: {
    break: { suites: exhaustive(LEASE_BREAK, lease.searchSuite), isViolated: true },
    hold: { suites: exhaustive(LEASE_HOLD, lease.searchSuite), isViolated: false },
    spare: { suites: exhaustive(SPARE, lease.searchSuite), isViolated: false },
    walk: { suites: random(LEASE_WALKS, lease.walkSuite), isViolated: false, walks: WALKS },
    power: { suites: random(LEASE_POWER, lease.walkSuite), walks: POWER_WALKS },
  },
  members: {
    break: { suites: exhaustive(MEMBERS_BREAK, members.searchSuite), isViolated: true },
    hold: { suites: exhaustive(MEMBERS_HOLD, members.searchSuite), isViolated: false },
    walk: { suites: random(MEMBERS_WALKS, members.walkSuite), isViolated: false, walks: WALKS },
    power: { suites: random(MEMBERS_POWER, members.walkSuite), walks: POWER_WALKS },
  },
  protocol: {
    break: { suites: exhaustive(PROTOCOL_BREAK, protocol.searchSuite), isViolated: true },
    hold: { suites: exhaustive(PROTOCOL_HOLD, protocol.searchSuite), isViolated: false },
    large: { suites: exhaustive(PROTOCOL_LARGE, protocol.searchSuite), isViolated: false },
    walk: { suites: random(PROTOCOL_WALKS, protocol.walkSuite), isViolated: false, walks: WALKS },
  },
};

/** An exhaustive search takes none. */
const NO_WALKS: Walks = { runs: 0, seed: 0 };

const OPTIONS = { runs: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } } as const;

const said = (line: string) => void process.stdout.write(`${line}\n`);

function readAsked(): Kind | 'help' {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  if (values.help) return 'help';
  const [model = '', word = '', name, ...more] = positionals;
  const kinds = Object.hasOwn(MODELS, model) ? MODELS[model] : undefined;
  if (kinds === undefined) throw new Error(`expected a model (${Object.keys(MODELS).join(', ')}), got ${model || 'none'}`);
  const kind = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  if (kind === undefined) throw new Error(`expected ${Object.keys(kinds).join(', ')}, got ${word || 'nothing'}`);
  if (more.length > 0) throw new Error(`expected one suite, got ${more.length} words more`);
  const suites = kind.suites.filter((suite) => name === undefined || suite.name === name);
  if (suites.length === 0) throw new Error(`expected a suite (${kind.suites.map((suite) => suite.name).join(', ')}), got ${name}`);
  if (kind.walks === undefined) {
    if (values.runs !== undefined || values.seed !== undefined)
      throw new Error(`${word} is no random walk: it takes no --runs and no --seed`);
    return { ...kind, suites };
  }
  const walks = { runs: readCount('runs', values.runs, kind.walks.runs), seed: readCount('seed', values.seed, kind.walks.seed) };
  return { ...kind, suites, walks };
}

function readCount(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${option}: expected a number from 1 to 999999999, got ${JSON.stringify(text)}`);
}

/** Says how the suite ended. Answers whether it ended as it should. */
function run(suite: Runnable, { walks = NO_WALKS, isViolated }: Omit<Kind, 'suites'>): boolean {
  said(`${suite.name} ${suite.about}`);
  const { violations, isWhole, nothing, size } = suite.run(walks);
  const isFound = Object.keys(violations).length > 0;
  said(`   ${isFound ? 'violated' : nothing}: ${size}`);
  for (const { message, trace } of Object.values(violations)) {
    said(`   ${message}`);
    for (const [index, label] of trace.entries()) said(`   ${String(index + 1).padStart(3)}. ${label}`);
  }
  return isViolated === undefined || (isFound === isViolated && (isFound || isWhole));
}

type Named = Omit<Runnable, 'run'>;

function exhaustive<Suite extends Named>(suites: readonly Suite[], search: (suite: Suite) => Searched): readonly Runnable[] {
  return suites.map((suite) => ({ name: suite.name, about: suite.about, run: () => searched(search(suite)) }));
}

function random<Suite extends Named>(suites: readonly Suite[], walk: (suite: Suite, walks: Walks) => Walked): readonly Runnable[] {
  return suites.map((suite) => ({ name: suite.name, about: suite.about, run: (walks) => walked(walk(suite, walks), walks) }));
}

function searched({ violations, isCapped, states, transitions, depth }: Searched): Ended {
  const nothing = isCapped ? 'no violation, but not every state was visited' : 'holds in every state';
  return { violations, isWhole: !isCapped, nothing, size: `${states} states, ${transitions} transitions, depth ${depth}` };
}

function walked({ violations, runs, steps }: Walked, { seed }: Walks): Ended {
  const shortest = Object.values(violations).map(({ run }) => `, the shortest trace in walk ${run}`);
  return { violations, isWhole: true, nothing: 'no violation', size: `${runs} walks, ${steps} steps, seed ${seed}${shortest.join('')}` };
}

function main(): ExitCode {
  let asked: Kind | 'help';
  try {
    asked = readAsked();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
    return EXIT.invalidInput;
  }
  if (asked === 'help') {
    said(USAGE);
    return EXIT.pass;
  }
  const { suites, ...kind } = asked;
  return suites.map((suite) => run(suite, kind)).every(Boolean) ? EXIT.pass : EXIT.violated;
}

process.exitCode = main();
