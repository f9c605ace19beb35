/** How the settings of an edge, or of a purger, are read and changed. */
import { edgeConfigChange } from '../protocol/edge-api.ts';
import { type HttpAnswer, parseInput, type Route } from '../runtime/http.ts';
import type { EdgeSettings } from './settings.ts';

export function settingsRoutes(settings: EdgeSettings, admit: NonNullable<Route['admit']>): readonly Route[] {
  const path = '/admin/config';
  const answer = (): HttpAnswer => {
    const { propagationDelayMs, strategy } = settings;
    return { status: 200, body: { success: true, data: { propagationDelayMs, strategy } } };
  };
  return [
    { method: 'GET', path, admit, handle: answer },
    {
      method: 'PUT',
      path,
      admit,
      takes: ['body'],
      handle: (request) => {
        settings.change(parseInput(edgeConfigChange, request.body));
        return answer();
      },
    },
  ];
}
