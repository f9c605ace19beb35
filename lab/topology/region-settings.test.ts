import { expect, it } from 'vitest';
import { regionSettings, withRegionSettings } from './region-settings.ts';

it('reads the delay and the strategy, as an edge has them where its environment does not say', () => {
  expect(regionSettings({ PROPAGATION_DELAY: '300', INVALIDATION_STRATEGY: 'lazy' })).toEqual({ delayMs: 300, strategy: 'lazy' });
  expect(regionSettings({})).toEqual({ delayMs: 0, strategy: 'eager' });
  expect(regionSettings({ PROPAGATION_DELAY: '0' }, { delayMs: 70, strategy: 'lazy' })).toEqual({ delayMs: 0, strategy: 'lazy' });
});

it('reads what it has written', () => {
  const environment = { REGION_NAME: 'eu-west', PROPAGATION_DELAY: '300', INVALIDATION_STRATEGY: 'lazy' };
  const written = withRegionSettings(environment, { delay: 50, strategy: 'eager' });
  expect(written).toMatchObject({ REGION_NAME: 'eu-west' });
  expect(regionSettings(written)).toEqual({ delayMs: 50, strategy: 'eager' });
  expect(withRegionSettings(environment, {})).toEqual(environment);
});

it.each([
  [{ PROPAGATION_DELAY: 'soon' }, 'PROPAGATION_DELAY: expected a number of ms, got "soon"'],
  [{ INVALIDATION_STRATEGY: 'maybe' }, 'INVALIDATION_STRATEGY: expected eager or lazy, got "maybe"'],
])('refuses %o by its key', (environment, message) => {
  expect(() => regionSettings(environment)).toThrow(message);
});
