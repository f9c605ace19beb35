/** A race that was kept, in at most five lines that are the same each time: no id, no number of a fetch, no time. */
import type { RaceStep } from '../../../lab/races/steps.ts';

const WHO_WIDTH = 8;
const CONTENT = /(content[ /-])(\d+)/g;
const FETCH = /of fetch \d+/;
const SLUG = /race-tag-race-\d+/g;

/**
 * What the origin held first and last, what was held back, what the purge was answered, and what is served in the end.
 */
export function toWitness(steps: readonly RaceStep[]): readonly string[] {
  const of =
    (who: RaceStep['who'], begins = '') =>
    (step: RaceStep) =>
      step.who === who && step.text.startsWith(begins);
  const answered = (step: RaceStep) => step.who === 'purger' && !step.text.includes('purges (');
  const told = [
    steps.find(of('origin')),
    steps.findLast(of('upstream', 'holds')),
    steps.findLast(of('origin')),
    steps.findLast(answered),
    steps.findLast(of('reader')),
  ];
  const ids = new Map<string, number>();
  const lines = steps.filter((step) => told.includes(step)).map(({ who, text }) => `${who.padEnd(WHO_WIDTH)}  ${withoutChance(text, ids)}`);
  return lines;
}

function withoutChance(text: string, ids: Map<string, number>): string {
  const numbered = text.replace(CONTENT, (_whole, before: string, id: string) => {
    const number = ids.get(id) ?? ids.size + 1;
    ids.set(id, number);
    return `${before}${number}`;
  });
  return numbered.replace(FETCH, 'of a fetch').replace(SLUG, 'race-tag-1');
}
