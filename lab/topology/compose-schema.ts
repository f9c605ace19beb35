/**
 * What a compose file may say, with every key that the lab understands. What is no key of these is refused by whoever
 * reads the file.
 */
import { z } from 'zod';
import { strategy } from '../../services/protocol/invalidation.ts';
import { DELIVER_OWN } from '../targets/deliver.ts';

/** What an entrypoint that starts as root needs to hand its folders to its own user and become it. */
const CAPABILITIES_ALLOWED = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'] as const;

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const words = z.union([z.string().transform((line) => ['/bin/sh', '-c', line]), z.array(text)]);

const BYTES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const bytes = text.transform((written, context) => {
  const [, amount, unit = 'b'] = /^(\d+)([bkmg]?)b?$/i.exec(written) ?? [];
  if (amount !== undefined) return Number(amount) * (BYTES[unit.toLowerCase() || 'b'] ?? 1);
  context.addIssue({ code: 'custom', message: `expected an amount of memory such as 256m, got ${JSON.stringify(written)}` });
  return z.NEVER;
});

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const durationMs = text.transform((written, context) => {
  const [, amount, unit = 's'] = /^(\d+)(ms|s|m)$/.exec(written) ?? [];
  if (amount !== undefined) return Number(amount) * (UNITS_MS[unit] ?? 1);
  context.addIssue({ code: 'custom', message: `expected a duration such as 500ms or 1s, got ${JSON.stringify(written)}` });
  return z.NEVER;
});

const PORT_MAX = 65_535;
const publishedPort = text.transform((written, context) => {
  const [, host, container] = /^127\.0\.0\.1:(\d{1,5}):(\d{1,5})$/.exec(written) ?? [];
  if (host !== undefined && Number(host) <= PORT_MAX && Number(container) <= PORT_MAX)
    return { hostPort: Number(host), containerPort: Number(container) };
  context.addIssue({ code: 'custom', message: `expected 127.0.0.1:PORT:PORT, got ${JSON.stringify(written)}` });
  return z.NEVER;
});

/** Octal in YAML 1.2, and in Compose's: `0555`, octal to Compose alone, would be another number here. */
const FILE_MODES = [0o444, 0o555] as const;

/** `json-file` and `local` keep lines where `logs` finds them; the size of their files is an option of theirs. */
const logging = z.strictObject({
  driver: z.enum(['json-file', 'local']),
  options: z.strictObject({ 'max-size': text, 'max-file': text.optional() }),
});

/** Of a region whose cache is not ours. */
const targetLabels = z.strictObject({
  /** A preset, or a target file beside this one. */
  'edgesync.target': z.string(),
  'edgesync.delay': durationMs.default(0),
  /** Its own mechanism hears of writes by the log. Left out: the lab purges it. */
  'edgesync.deliver': z.literal(DELIVER_OWN, `expected ${DELIVER_OWN}, or nothing`).optional(),
  'edgesync.strategy': strategy.optional(),
});

const service = z.strictObject({
  image: z.string(),
  build: z
    .union([
      z.string().transform((context) => ({ context, args: {} })),
      z.strictObject({ context: z.string(), args: z.record(z.string(), text).default({}) }),
    ])
    .optional(),
  pull_policy: z.enum(['missing', 'build', 'never', 'if_not_present']).optional(),
  entrypoint: words.optional(),
  command: words.optional(),
  environment: z.record(z.string(), text).default({}),
  ports: z.array(publishedPort).default([]),
  user: text.optional(),
  read_only: z.boolean().optional(),
  init: z.boolean().optional(),
  tmpfs: z.union([z.string().transform((one) => [one]), z.array(z.string())]).optional(),
  cap_drop: z.array(z.string()).optional(),
  cap_add: z.array(z.enum(CAPABILITIES_ALLOWED)).optional(),
  security_opt: z.array(z.enum(['no-new-privileges:true', 'no-new-privileges'])).optional(),
  mem_limit: bytes.optional(),
  pids_limit: z.number().optional(),
  stop_grace_period: durationMs.optional(),
  networks: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  configs: z
    .array(
      z.strictObject({
        source: z.string(),
        target: z.string(),
        mode: z.literal(FILE_MODES, 'expected 0o444 (to read) or 0o555 (to run)').default(FILE_MODES[0]),
      }),
    )
    .default([]),
  logging: logging.optional(),
  labels: targetLabels.optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) })).default({}),
  healthcheck: z
    .strictObject({
      test: z.union([z.string().transform((line) => ['CMD-SHELL', line]), z.array(text)]),
      interval: durationMs,
      timeout: durationMs,
      retries: z.number(),
      start_period: durationMs.optional(),
      start_interval: durationMs.optional(),
    })
    .optional(),
});
export type ComposeService = z.infer<typeof service>;

export const composeFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, 'expected a project name of a-z, 0-9, _ and -'),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.strictObject({ content: z.string().optional(), file: z.string().optional() })).default({}),
  networks: z
    .record(
      z.string(),
      z.union([z.null().transform(() => ({ internal: false })), z.strictObject({ internal: z.boolean().default(false) })]),
    )
    .default({}),
});
