import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { shortWayOf } from './http-short.ts';
import type { Route } from './route.ts';

const READ: Route = { method: 'GET', path: '/api/content/:id', isShort: true, handle: () => ({ status: 200 }) };
const REFUSED: readonly (readonly [routes: readonly Route[], why: string])[] = [
  [[{ ...READ, path: '/api/content' }], 'a path that ends in a parameter'],
  [[{ ...READ, path: '/api/:kind/:id' }], 'a path that ends in a parameter'],
  [[{ ...READ, method: 'PUT' }], 'a GET that admits all'],
  [[{ ...READ, admit: () => {} }], 'a GET that admits all'],
  [[READ, { ...READ, path: '/api/content/latest', isShort: false }], 'no other route below'],
];

it.each(REFUSED)('a route that the long way looks at more closely has no short way: %j', (routes, why) => {
  expect(() => shortWayOf({ routes, isAdmitted: () => true, clock: systemClock, onError: () => ({ status: 500 }) })).toThrow(why);
});
