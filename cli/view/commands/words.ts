/** The words of the command line beside the faults: what the keys do, with numbers of one's own. */
import { parseDuration } from '../../../lab/input/duration.ts';
import { didYouMean } from '../../../lab/input/nearest.ts';
import { FRESHNESS_LEASE_MS_MAX, PROPAGATION_DELAY_MS_MAX } from '../../../services/protocol/edge-api.ts';
import { delayText, plain } from '../draw/format.ts';
import { listOf } from '../keys/binding.ts';
import { BURST } from '../keys/global.ts';
import { openRaces } from '../keys/open-races.ts';
import { runActions } from '../screens/catalogue.ts';
import { SORTS, type ViewAction, type ViewState } from '../state/state.ts';
import { openTour } from '../tour/engine.ts';
import { type Done, does, sends, type Word } from './word.ts';

const WRITES_MAX = 1_000;
const RATE_MAX = 500;
const STRATEGIES = ['eager', 'lazy'] as const;
const nothing = () => [];
const NO_MYSTERY = 'no bug is hidden in this world: edgesync-lab mystery starts a world with a bug';

function regionNames({ regions, selected }: ViewState): readonly string[] {
  const names = regions.map(({ region }) => region);
  return names.toSorted((one, other) => Number(other === names[selected]) - Number(one === names[selected]));
}

function unknownRegion(state: ViewState, word: string | undefined): Done | undefined {
  const known = regionNames(state);
  if (word !== undefined && known.includes(word)) return undefined;
  return { problem: `expected a region (${known.join(', ')}), got ${word ?? 'nothing'}${didYouMean(word ?? '', known)}` };
}

function countOf(text: string | undefined, otherwise: number, most: number): number | undefined {
  if (text === undefined) return otherwise;
  const count = Number(/^(\d{1,6})(?:\/s)?$/.exec(text)?.[1] ?? Number.NaN);
  return count <= most ? count : undefined;
}

function write(otherwise: number): Word['run'] {
  return (state, [text]) => {
    const count = countOf(text, otherwise, WRITES_MAX);
    if (count === undefined || count === 0) return { problem: `expected a number of writes, 1 to ${WRITES_MAX}, got ${text}` };
    if (state.phase !== 'playing') return { problem: 'the world is not up yet' };
    return sends({ do: 'write', count }, count === 1 ? 'write one' : `write ${count}`);
  };
}

const load: Word['run'] = (_state, [reads, writes]) => {
  const [readsPerSecond, writesPerSecond] = [
    countOf(reads, -1, RATE_MAX),
    writes === undefined ? undefined : countOf(writes, -1, RATE_MAX),
  ];
  if (readsPerSecond === undefined || readsPerSecond < 0 || (writes !== undefined && writesPerSecond === undefined))
    return { problem: `expected reads a second, and writes a second if you like, 0 to ${RATE_MAX}: load 100 5` };
  const command = { do: 'load', readsPerSecond, ...(writesPerSecond === undefined ? {} : { writesPerSecond }) } as const;
  return sends(command, `load ${readsPerSecond} reads/s${writesPerSecond === undefined ? '' : `, ${writesPerSecond} writes/s`}`);
};

const strategy: Word['run'] = (state, [region, wanted]) => {
  const problem = unknownRegion(state, region);
  if (problem !== undefined || region === undefined) return problem ?? { problem: 'expected a region' };
  const found = STRATEGIES.find((known) => known === wanted);
  if (found === undefined) return { problem: `expected eager or lazy, got ${wanted ?? 'nothing'}${didYouMean(wanted ?? '', STRATEGIES)}` };
  return sends({ do: 'configure', region, strategy: found }, `${plain(region)}: ${found}`);
};

const delay: Word['run'] = (state, [region, text]) => {
  const problem = unknownRegion(state, region);
  if (problem !== undefined || region === undefined) return problem ?? { problem: 'expected a region' };
  const propagationDelayMs = parseDuration(text ?? '');
  if (propagationDelayMs === undefined || propagationDelayMs > PROPAGATION_DELAY_MS_MAX)
    return {
      problem: `expected a delay such as 0ms, 300ms or 2s, at most ${delayText(PROPAGATION_DELAY_MS_MAX)}, got ${text ?? 'nothing'}`,
    };
  return sends({ do: 'configure', region, propagationDelayMs }, `${plain(region)}: delay ${delayText(propagationDelayMs)}`);
};

const lease: Word['run'] = (state, [region, text]) => {
  const problem = unknownRegion(state, region);
  if (problem !== undefined || region === undefined) return problem ?? { problem: 'expected a region' };
  const known = state.regions.find((one) => one.region === region)?.seen.metrics;
  if (known !== undefined && known.freshnessLeaseMs === undefined) return { problem: `${region} has a cache without a lease` };
  const freshnessLeaseMs = text === 'off' ? 0 : parseDuration(text ?? '');
  if (freshnessLeaseMs === undefined || freshnessLeaseMs > FRESHNESS_LEASE_MS_MAX)
    return { problem: `expected a lease such as 5s, or off, at most ${delayText(FRESHNESS_LEASE_MS_MAX)}, got ${text ?? 'nothing'}` };
  const says = freshnessLeaseMs === 0 ? 'no lease' : `lease ${delayText(freshnessLeaseMs)}`;
  return sends({ do: 'configure', region, freshnessLeaseMs }, `${plain(region)}: ${says}`);
};

/** What happens then happens now. */
function toNow({ lookedAtMs }: ViewState): readonly ViewAction[] {
  return lookedAtMs === undefined ? [] : [{ type: 'look-now' }];
}

/** All, or those of an id or a target. */
const heal: Word['run'] = ({ faults }, [what]) => {
  if (faults.length === 0) return { problem: 'nothing is in force' };
  if (what === undefined || what === 'all') return sends({ do: 'heal-all' }, 'heal everything');
  const found = faults.filter(({ id, target }) => id === what || target === what);
  if (found.length === 0) {
    const known = faults.flatMap(({ id, target }) => [id, target]);
    return { problem: `expected a fault in force (${known.join(', ')}), got ${what}${didYouMean(what, known)}` };
  }
  return does(
    ...found.map(
      ({ id, fault, target }) => ({ type: 'sent', command: { do: 'heal', id }, text: `heal ${fault} ${plain(target)}` }) as const,
    ),
  );
};

const undo: Word['run'] = (state) => {
  const last = state.faults.findLast((fault) => fault.state !== 'healing');
  return last === undefined ? { problem: 'nothing is in force' } : heal(state, [last.id]);
};

const trace: Word['run'] = (_state, [text]) => {
  const id = countOf(text?.replace(/^content:/, ''), 1, 999_999);
  if (id === undefined || id === 0) return { problem: `expected a content such as 1 or content:1, got ${text}` };
  return does({ type: 'sent', command: { do: 'trace', id }, text: `trace content:${id}` }, { type: 'open', screen: { screen: 'trace' } });
};

const zoom: Word['run'] = (state, [region]) => {
  const open = { type: 'open', screen: { screen: 'zoom' } } as const;
  if (region === undefined) return does(open);
  return unknownRegion(state, region) ?? does({ type: 'select', index: state.regions.findIndex((known) => known.region === region) }, open);
};

const run: Word['run'] = (state, [id]) => {
  const known = scenarioNames(state);
  if (id === undefined) return { problem: 'expected a scenario; r on the overview lists them' };
  if (known.length > 0 && !known.includes(id))
    return { problem: `expected a scenario (${known.join(', ')}), got ${id}${didYouMean(id, known)}` };
  if (state.phase !== 'playing') return { problem: 'the world is not up yet' };
  return does(...toNow(state), ...runActions(id));
};

const sort: Word['run'] = (_state, [wanted]) => {
  const by = SORTS.find((known) => known === wanted);
  if (by === undefined) return { problem: `expected ${SORTS.join(', ')}, got ${wanted ?? 'nothing'}${didYouMean(wanted ?? '', SORTS)}` };
  return does({ type: 'sort', by });
};

/** Empty until the list was opened once. */
function scenarioNames({ scenarios = [] }: ViewState): readonly string[] {
  return scenarios.map(({ id }) => id);
}

export const WORDS: readonly Word[] = [
  { word: 'write', usage: 'write [n]', about: 'change one content at the origin, or n', next: nothing, run: write(1) },
  { word: 'burst', usage: 'burst [n]', about: `change contents ${BURST} times at once, or n times`, next: nothing, run: write(BURST) },
  { word: 'load', usage: 'load <reads/s> [writes/s]', about: 'the steady load from now on', next: nothing, run: load },
  {
    word: 'strategy',
    usage: 'strategy <region> eager|lazy',
    about: 'how a region invalidates, for good',
    next: (state, before) => (before.length === 0 ? regionNames(state) : before.length === 1 ? STRATEGIES : []),
    run: strategy,
  },
  {
    word: 'delay',
    usage: 'delay <region> <time>',
    about: 'how long a region waits before it applies an invalidation, for good',
    next: (state, before) => (before.length === 0 ? regionNames(state) : []),
    run: delay,
  },
  {
    word: 'lease',
    usage: 'lease <region> <time|off>',
    about: 'how long a region labels answers fresh without word from the origin, for good',
    next: (state, before) => (before.length === 0 ? regionNames(state) : before.length === 1 ? ['off'] : []),
    run: lease,
  },
  {
    word: 'heal',
    usage: 'heal [id|target]',
    about: 'heal everything, or one fault',
    next: ({ faults }, before) => (before.length === 0 ? ['all', ...faults.map(({ target }) => target)] : []),
    run: heal,
  },
  { word: 'undo', usage: 'undo', about: 'heal the last fault', next: nothing, run: undo },
  { word: 'trace', usage: 'trace [content]', about: 'follow one write through its ten steps', next: nothing, run: trace },
  { word: 'zoom', usage: 'zoom [region]', about: 'look at a region closely', next: regionNames, run: zoom },
  {
    word: 'run',
    usage: 'run <scenario>',
    about: 'heal everything, then run a scenario in this world',
    next: (state, before) => (before.length === 0 ? scenarioNames(state) : []),
    run,
  },
  {
    word: 'races',
    usage: 'races',
    about: 'play a race of a cache step by step',
    next: nothing,
    run: (state) => {
      const actions = openRaces(state);
      return actions.length === 0 ? { problem: 'the world is not up yet' } : does(...actions);
    },
  },
  {
    word: 'guess',
    usage: 'guess <bug>',
    about: 'in a mystery: name the bug',
    next: ({ mystery }, before) => (before.length === 0 ? (mystery?.suspects ?? []).map(({ name }) => name) : []),
    run: ({ mystery }, [name = '']) => {
      if (mystery === undefined) return { problem: NO_MYSTERY };
      const names = mystery.suspects.map((suspect) => suspect.name);
      if (!names.includes(name))
        return { problem: `expected one of the suspects (M lists them), got ${name || 'nothing'}${didYouMean(name, names)}` };
      return sends({ do: 'guess', name }, `guess ${name}`);
    },
  },
  {
    word: 'give-up',
    usage: 'give-up',
    about: 'in a mystery: show the bug',
    next: nothing,
    run: ({ mystery }) => (mystery === undefined ? { problem: NO_MYSTERY } : sends({ do: 'give-up' }, 'give up')),
  },
  {
    word: 'tour',
    usage: 'tour',
    about: 'a guided tour in six short steps',
    next: nothing,
    run: (state) => {
      const actions = listOf(openTour(state));
      return actions.length === 0 ? { problem: 'the world is not up yet' } : does(...actions);
    },
  },
  {
    word: 'filter',
    usage: 'filter [word]',
    about: 'show only versions and events with a word',
    takesMore: true,
    next: nothing,
    run: (_state, words) => does({ type: 'filter', text: words.join(' ') }),
  },
  {
    word: 'sort',
    usage: 'sort key|behind|read',
    about: 'order the versions: by key, the most behind first, the most read first',
    next: (_state, before) => (before.length === 0 ? SORTS : []),
    run: sort,
  },
  {
    word: 'help',
    usage: 'help',
    about: 'the keys',
    next: nothing,
    run: () => does({ type: 'open', screen: { screen: 'help', scroll: 0 } }),
  },
  {
    word: 'quit',
    usage: 'quit',
    about: 'heal everything, stop what was started, leave',
    next: nothing,
    run: () => does({ type: 'leave', by: 'quit' }),
  },
];
