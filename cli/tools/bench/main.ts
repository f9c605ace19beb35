/** `npm run bench [-- name …]`: runs the benchmarks and prints figures with the command and the machine. */
import { cpus, totalmem } from 'node:os';
import { breaker } from './breaker.ts';
import { burst } from './burst.ts';
import { cluster } from './cluster.ts';
import { driver } from './driver.ts';
import type { Figure } from './figure.ts';
import { heal } from './heal.ts';
import { idle } from './idle.ts';
import { judge } from './judge.ts';
import { scale } from './scale.ts';
import { simulation } from './simulation.ts';
import { start } from './start.ts';
import { terminal } from './terminal.ts';
import { terminalView } from './terminal-view.ts';
import { warming } from './warming.ts';

const line = (text: string) => void process.stdout.write(`${text}\n`);
const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  burst,
  heal,
  start,
  terminal,
  view: terminalView,
  cluster,
  scale: () => scale(line).then(() => []),
  judge: () => judge(line).then(() => []),
  simulation: () => simulation(line).then(() => []),
  breaker: () => breaker(line).then(() => []),
  warming: () => warming(line).then(() => []),
  idle: () => idle(line).then(() => []),
  driver: () => driver(line).then(() => []),
};
const EXIT_INVALID = 104;
const GIB = 1024 ** 3;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}\n`);
  process.exit(EXIT_INVALID);
}
const processors = cpus();
process.stdout.write(
  `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}, ${(totalmem() / GIB).toFixed(0)} GiB, Node ${process.versions.node}\n`,
);
for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
  process.stdout.write(`\nnpm run bench -- ${name}\n`);
  for (const { what, measured, promised } of (await BENCHMARKS[name]?.()) ?? []) {
    process.stdout.write(`  ${what.padEnd(64)} ${measured.padStart(10)}   promised ${promised}\n`);
  }
}
