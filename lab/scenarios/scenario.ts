/**
 * Scenario files: what a run does and what it must show. In this version a scenario has a workload and checks; faults,
 * thresholds and probes come with the fault table.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { duration, rate, share } from '../duration.ts';
import { InvalidInput } from '../errors.ts';

const SCENARIO_BYTES_MAX = 256 * 1024;
const YAML_ALIASES_MAX = 100;
const KEYS_MAX = 10_000;
const SEED_MAX = 2 ** 32 - 1;

const workload = z.strictObject({
  duration,
  /** Over all regions, evenly. */
  reads: rate,
  writes: rate,
  keys: z.int().min(1).max(KEYS_MAX),
  /** Exponent of the Zipf distribution; 0 is uniform. */
  skew: z.number().min(0).max(3).default(0.9),
  creates: share.default(0),
  deletes: share.default(0),
  purges: share.default(0),
});
export type Workload = z.infer<typeof workload>;

export const scenarioFile = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  seed: z.int().min(0).max(SEED_MAX).optional(),
  workload,
  settle: duration.default(10_000),
  checks: z
    .array(z.enum(['divergence']))
    .min(1)
    .default(['divergence']),
});

export interface Scenario extends z.infer<typeof scenarioFile> {
  readonly id: string;
}

/** Throws InvalidInput naming file and key. */
export async function readScenario(file: string): Promise<Scenario> {
  const source = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInput(`${file}: cannot be read (${error.code ?? error.message})`);
  });
  if (source.length > SCENARIO_BYTES_MAX)
    throw new InvalidInput(`${file}: expected at most ${SCENARIO_BYTES_MAX} bytes, got ${source.length}`);
  return { id: basename(file).replace(/\.(ya?ml|json)$/, ''), ...parseScenario(source, file) };
}

export function parseScenario(source: string, file: string): z.infer<typeof scenarioFile> {
  let raw: unknown;
  try {
    raw = parse(source, { maxAliasCount: YAML_ALIASES_MAX });
  } catch (error) {
    const line = error instanceof YAMLParseError ? `:${error.linePos?.[0].line ?? 1}` : '';
    throw new InvalidInput(`${file}${line}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
  const parsed = scenarioFile.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join('.');
  throw new InvalidInput(`${file}: ${path || 'scenario'}: ${issue?.message ?? 'not valid'}`);
}
