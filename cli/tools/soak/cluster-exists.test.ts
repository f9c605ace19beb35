import { expect, it } from 'vitest';
import type { ClusterStatus } from '../../../lab/worlds/docker/manage.ts';
import { clusterExists } from './cluster-exists.ts';

const ABSENT: ClusterStatus = {
  project: 'edgesync-lab',
  madeBy: null,
  services: [{ service: 'kafka', state: 'absent', health: null, since: null, urls: [] }],
  faults: [],
  heldBy: null,
};

it.each([
  ['no cluster, though its services are listed', [JSON.stringify(ABSENT)], false],
  ['a cluster of which something is left', [JSON.stringify({ ...ABSENT, madeBy: 'lab' })], true],
  ['one that docker compose made', [JSON.stringify({ ...ABSENT, madeBy: 'compose' })], true],
  ['nothing where nobody answered', [], false],
])('finds %s', (_title, lines, found) => {
  expect(clusterExists(lines)).toBe(found);
});
