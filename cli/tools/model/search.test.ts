/** Breadth first and random walks, over models whose states one can count by hand. */
import { expect, it } from 'vitest';
import { lookingAt, type Model, search, walk } from './search.ts';

const STATES_MAX = 10_000;

/** A walker on a grid of `side` x `side` that goes right or up; `forbidden` is a place it must not reach. */
function grid(side: number, forbidden?: readonly [number, number]): Model<{ readonly x: number; readonly y: number }> {
  return {
    init: () => ({ x: 0, y: 0 }),
    next: ({ x, y }) => [
      ...(x + 1 < side ? [{ label: 'right', state: { x: x + 1, y }, violations: [] }] : []),
      ...(y + 1 < side ? [{ label: 'up', state: { x, y: y + 1 }, violations: [] }] : []),
    ],
    check: ({ x, y }) => (forbidden?.[0] === x && forbidden[1] === y ? [`place: ${x},${y} is forbidden`] : []),
  };
}

/** Counts up by 1 or by 3. */
function counter(end: number): Model<number> {
  return {
    init: () => 0,
    next: (state) =>
      [1, 3].map((by) => ({ label: `+${by}`, state: state + by, violations: state + by === end ? [`end: ${end} is reached`] : [] })),
    check: () => [],
  };
}

it('every state of a model without violations is visited once', () => {
  expect(search(grid(5), STATES_MAX)).toEqual({ states: 25, transitions: 40, depth: 9, isCapped: false, violations: {} });
});

it('the trace of a state that violates is a shortest one', () => {
  const { violations, states } = search(grid(50, [2, 1]), STATES_MAX);
  expect(Object.keys(violations)).toEqual(['place']);
  expect(violations['place']?.message).toBe('place: 2,1 is forbidden');
  expect([...(violations['place']?.trace ?? [])].sort()).toEqual(['right', 'right', 'up']);
  expect(states).toBeLessThan(50);
});

it('the trace of a step that violates is a shortest one, and ends with that step', () => {
  const { violations } = search(counter(7), STATES_MAX);
  expect([...(violations['end']?.trace ?? [])].sort()).toEqual(['+1', '+3', '+3']);
  expect(violations['end']?.trace).toHaveLength(3);
});

it('violations of a kind that is not looked at count for nothing, of a state and of a step', () => {
  const kindsOf = <State>(model: Model<State>, kind: string) =>
    Object.keys(
      search(
        lookingAt(model, (each) => each === kind),
        STATES_MAX,
      ).violations,
    );
  expect([kindsOf(grid(5, [2, 1]), 'place'), kindsOf(grid(5, [2, 1]), 'end')]).toEqual([['place'], []]);
  expect([kindsOf(counter(7), 'end'), kindsOf(counter(7), 'place')]).toEqual([['end'], []]);
});

it('a search with more states than it may have says that it is no proof', () => {
  expect(search(counter(-1), 100)).toMatchObject({ isCapped: true, violations: {} });
});

it('walks of the same seed are the same, and those of another seed differ', () => {
  const walks = (seed: number) => walk({ model: grid(8, [4, 4]), runs: 50, stepsMax: 20, seed, weigh: () => 1 });
  expect(walks(3)).toEqual(walks(3));
  expect(walks(3).steps).toBe(50 * 14);
  expect(walks(3).violations['place']?.trace).toHaveLength(8);
  expect(walks(3).violations['place']).not.toEqual(walks(4).violations['place']);
});

it('of all walks that find a violation the shortest trace is kept', () => {
  const { violations } = walk({ model: counter(7), runs: 200, stepsMax: 7, seed: 1, weigh: () => 1 });
  expect(violations['end']?.trace).toHaveLength(3);
});

it('a walk takes no step of weight 0 while there is another', () => {
  const weigh = (label: string) => (label === 'right' ? 0 : 1);
  const { violations } = walk({ model: grid(8, [0, 7]), runs: 20, stepsMax: 7, seed: 1, weigh });
  expect(violations['place']?.trace).toEqual(Array.from({ length: 7 }, () => 'up'));
  expect(walk({ model: grid(8, [1, 0]), runs: 20, stepsMax: 7, seed: 1, weigh }).violations).toEqual({});
});
