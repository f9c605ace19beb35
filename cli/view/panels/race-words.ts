/** A race in plain words: what happens in a turn, what the next key does, and what the outcome means. */
import type { RaceStepView, RaceTurnView, RaceView } from '../state/race-view.ts';
import { outcomeShown } from '../state/race-view.ts';

/** What is known when a turn begins. */
interface Known {
  /** Of the origin; undefined: nothing was created yet. */
  readonly version: number | undefined;
  /** The status of the answer that is held; undefined: none is. */
  readonly held: string | undefined;
  /** A purge that is not answered. */
  readonly purgeWaits: boolean;
  /** A purge was sent. */
  readonly isPurged: boolean;
}

const NOTHING: Known = { version: undefined, held: undefined, purgeWaits: false, isPurged: false };

/** Of the last turn that is shown. */
export function nowWords(race: RaceView): string {
  const turn = race.turns[race.shown - 1];
  if (turn === undefined) return 'Nothing has happened yet. The origin, the upstream and the cache run, and the cache is empty.';
  const before = race.turns.slice(0, race.shown - 1).flatMap(({ steps }) => steps);
  return SAYS[turn.act]({ turn, known: before.reduce(after, NOTHING), isLast: race.shown === race.turns.length });
}

export function after(known: Known, { act, version, label }: RaceStepView): Known {
  switch (act) {
    case 'holds':
      return { ...known, version };
    case 'held':
      return { ...known, held: label };
    case 'released':
      return { ...known, held: undefined };
    case 'purges':
      return { ...known, purgeWaits: true, isPurged: true };
    case 'purged':
    case 'refused':
      return { ...known, purgeWaits: false };
    default:
      return known;
  }
}

interface Said {
  readonly turn: RaceTurnView;
  readonly known: Known;
  /** More may come. */
  readonly isLast: boolean;
}

const SAYS: Readonly<Record<RaceTurnView['act'], (said: Said) => string>> = {
  create: ({ turn, known }) => {
    const version = versionOf(turn.steps.find(({ act }) => act === 'holds'));
    if (known.held === undefined) return `The origin holds a new content, ${version}. The cache has no entry yet.`;
    return `Meanwhile the content is created: the origin holds ${version}. From now on the held 404 is outdated.`;
  },
  write: ({ turn, known }) => {
    const wrote = `Somebody writes: the origin holds ${versionOf(turn.steps.find(({ act }) => act === 'holds'))} from now on.`;
    if (known.held === undefined) return `${wrote} The entry of the cache is now outdated.`;
    return `${wrote} The held answer is now outdated: it left the origin before the write.`;
  },
  read: readWords,
  purge: purgeWords,
  release: releaseWords,
  look: ({ turn, known }) => {
    const got = turn.steps.filter(({ act }) => act === 'gets' || act === 'nothing');
    if (got.length === 0) return 'No fetch is in flight any more. Readers ask again, at once and during the next second.';
    const old = got.filter(({ version }) => version !== undefined && known.version !== undefined && version < known.version);
    const asked = `No fetch is in flight any more, and ${got.length} readers ask, one after another.`;
    if (old.length === 0) return `${asked} Nobody gets an old version.`;
    const who = old.length === got.length ? 'Everybody gets' : `${old.length} of them got`;
    return `${asked} ${who} ${versionOf(old[0])}, while the origin holds version ${known.version}.`;
  },
};

function readWords({ turn: { name, steps, act }, known }: Said): string {
  const who = capital(name);
  const [several, asks] = /^\d/.test(name) ? [true, 'ask'] : [false, 'asks'];
  const got = steps.filter(({ act: what }) => what === 'gets');
  const held = steps.find(({ act: what }) => what === 'held');
  if (held !== undefined)
    return heldWords({ asked: `${who} ${asks} the cache.`, waits: several ? 'they wait' : `${name} waits`, held, got }, known);
  const [first] = got;
  if (first === undefined) {
    if (known.held === undefined || steps.length === 0) return `${who} ${asks} the cache.`;
    return `${who} ${asks}, after the purge. There is no answer yet: ${act === 'read' ? 'the reader' : name} joins the fetch whose answer is held.`;
  }
  const kept =
    first.label === 'hit'
      ? ' that was in the cache'
      : first.label === 'miss'
        ? ' that the cache has fetched from the origin and keeps'
        : '';
  return `${who} ${asks} the cache, and ${several ? 'get' : 'gets'} ${versionOf(first)}${several ? '' : kept}.`;
}

interface Held {
  readonly asked: string;
  readonly waits: string;
  readonly held: RaceStepView;
  readonly got: readonly RaceStepView[];
}

function heldWords({ asked, waits, held, got: [first] }: Held, known: Known): string {
  const what =
    held.label === '304'
      ? 'that nothing has changed (304)'
      : held.label === '404'
        ? 'that there is none (404)'
        : `version ${known.version}`;
  const cache =
    first === undefined
      ? 'The cache has no valid answer, so it asks the origin'
      : `The cache answers with the ${versionOf(first)} that it has, and asks the origin whether that version is still current`;
  const upstream = 'The upstream, a proxy of the lab between the two, holds back the answer';
  return `${asked} ${cache}, which answers ${what}. ${upstream}${first === undefined ? `: ${waits}` : ''}.`;
}

function purgeWords({ turn: { name, steps }, known, isLast }: Said): string {
  const told = `The purger tells the cache to forget the content (${name}).`;
  const answered = steps.find(({ act }) => act === 'purged' || act === 'refused');
  if (answered?.act === 'refused') return `${told} The cache refuses the purge: ${answered.text}.`;
  if (answered !== undefined)
    return known.held === undefined
      ? `${told} The cache has done so. From now on only ${known.version === undefined ? 'the new version' : `version ${known.version}`} is right.`
      : `${told} The cache answers that the purge is done. But the old answer is still on its way, so there was no entry to forget.`;
  if (known.held === undefined) return `${told} The purge is not answered yet.`;
  if (isLast) return `${told} Is the purge answered while the old answer is held? The race waits some seconds to find out.`;
  return `${told} The purge has no answer: it waits for the fetch whose answer is held.`;
}

function releaseWords({ turn: { steps }, known }: Said): string {
  const got = steps.filter(({ act }) => act === 'gets');
  const [first] = got;
  const words = [
    'The upstream releases the old answer, and the fetch ends.',
    ...(first === undefined
      ? []
      : [
          `${got.length > 1 ? `${got.length} readers who waited get` : `${capital(first.name ?? 'who waited')} gets`} ${versionOf(first)}.`,
        ]),
    ...(steps.some(({ act }) => act === 'purged') && known.purgeWaits
      ? ['Only now the purge is answered, and the cache also forgets the answer of the fetch.']
      : []),
    'Does the cache keep the old version?',
  ];
  return words.join(' ');
}

function versionOf(step: RaceStepView | undefined): string {
  if (step?.version === undefined) return 'something without a version';
  return step.version === 0 ? 'a 404' : `version ${step.version}`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

const NEXT: Readonly<Record<RaceTurnView['act'], (turn: RaceTurnView) => string>> = {
  create: () => 'a content is created at the origin',
  write: () => 'the content is written at the origin',
  read: ({ name }) => (/^\d/.test(name) ? `${name} ask the cache` : `${name} asks the cache`),
  purge: () => 'the purger tells the cache to forget the content',
  release: () => 'the upstream releases the answer',
  look: () => 'readers ask the cache again, during the next second',
};

/** What the next key does, after its name. */
export function nextWords(turn: RaceTurnView): string {
  return NEXT[turn.act](turn);
}

export const OUTCOME_WORDS: Readonly<Record<NonNullable<RaceView['judged']>['outcome'], string>> = {
  ok: 'Every reader after the purge got the new version. This cache loses no invalidation here.',
  waits:
    'The cache did not answer the purge while the old answer was held, and then forgot that answer. No invalidation is lost, but the purge takes as long as the fetch.',
  late: 'Readers who joined the fetch in flight, or came in the moment after the fetch, got the old version. A second later nobody did. The cache keeps no old version.',
  kept: 'The cache acknowledged the purge. The cache still serves the old version, until its lifetime ends: the invalidation is lost.',
  unjudged: 'The race did not take place, so it says nothing about this cache.',
};

/** Who is who, for whoever has not seen one. */
export const LANE_WORDS: readonly (readonly [lane: string, says: string])[] = [
  ['reader', 'asks the cache for a content, as a browser would'],
  ['cache', 'answers from its entries; on a miss it asks the upstream'],
  ['upstream', 'a proxy of the lab between cache and origin that can hold back an answer'],
  ['origin', 'where contents are written; each write is a new version'],
  ['purger', 'tells the cache to forget a written content'],
];

/** For a screen reader. */
export function raceSentences(race: RaceView): readonly string[] {
  const turn = race.turns[race.shown];
  const judged = outcomeShown(race);
  return [
    ...(race.shown === 0 && race.stage !== 'racing' ? [] : [nowWords(race)]),
    ...(turn === undefined || race.isOver ? [] : [`Space: ${nextWords(turn)}`]),
    ...(judged === undefined ? [] : [`${judged.outcome}: ${judged.why}. ${OUTCOME_WORDS[judged.outcome]}`]),
    ...(race.why === undefined ? [] : [race.why]),
  ];
}
