/**
 * The labels of what the lab makes: Compose's own, so that `docker compose ps`, `logs` and `down` work on it, and one
 * of ours.
 */
const COMPOSE = 'com.docker.compose';

export const LABELS = {
  project: `${COMPOSE}.project`,
  service: `${COMPOSE}.service`,
  number: `${COMPOSE}.container-number`,
  oneOff: `${COMPOSE}.oneoff`,
  configHash: `${COMPOSE}.config-hash`,
  folder: `${COMPOSE}.project.working_dir`,
  files: `${COMPOSE}.project.config_files`,
  dependsOn: `${COMPOSE}.depends_on`,
  network: `${COMPOSE}.network`,
  version: `${COMPOSE}.version`,
  /** Whatever carries it was made by the lab, and only that is removed by it. Its value is the project. */
  ours: 'edgesync-lab.project',
  /** Of a cache of others: the hash of its image, command and files. */
  madeOf: 'edgesync-lab.made-of',
  /** Of an image that stands in for an official one where no registry can be reached: what it is made of. */
  standIn: 'edgesync-lab.stand-in',
  /** Of the image of the services: the hash of the bundle in it. */
  bundle: 'edgesync-lab.bundle',
} as const;

/** The version of Compose whose labels these are. */
const COMPOSE_VERSION = '2.40.0';

export function projectLabels(project: string): Readonly<Record<string, string>> {
  return { [LABELS.project]: project, [LABELS.version]: COMPOSE_VERSION, [LABELS.ours]: project };
}
