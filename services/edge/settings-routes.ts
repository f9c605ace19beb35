/** How the settings of an edge, or of a purger, are read and changed. */
import { edgeConfigChange } from '../protocol/edge-api.ts';
import { ServiceError } from '../protocol/errors.ts';
import { parseInput } from '../runtime/http.ts';
import type { HttpAnswer, Route } from '../runtime/route.ts';
import type { EdgeSettings } from './settings.ts';

/**
 * A lease that is too short for the delay in force is taken, as a delay is that is too long for the lease: `/metrics`
 * says so.
 */
export function settingsRoutes(settings: EdgeSettings, admit: NonNullable<Route['admit']>): readonly Route[] {
  const path = '/admin/config';
  const answer = (): HttpAnswer => {
    const { propagationDelayMs, strategy, freshnessLeaseMs } = settings;
    const lease = freshnessLeaseMs === undefined ? {} : { freshnessLeaseMs };
    return { status: 200, body: { success: true, data: { propagationDelayMs, strategy, ...lease } } };
  };
  return [
    { method: 'GET', path, admit, handle: answer },
    {
      method: 'PUT',
      path,
      admit,
      takes: ['body'],
      handle: (request) => {
        const change = parseInput(edgeConfigChange, request.body);
        if (change.freshnessLeaseMs !== undefined && settings.freshnessLeaseMs === undefined) {
          throw new ServiceError('invalid_field', 'freshnessLeaseMs: expected none, for a purger calls nothing fresh');
        }
        settings.change(change);
        return answer();
      },
    },
  ];
}
