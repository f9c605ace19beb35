/**
 * The first file Node loads: kept apart from the bundle and old-fashioned, so that a Node too old for the rest can
 * still say so in one sentence, with a command that works there.
 */
import { EXIT } from '../lab/errors.ts';
import { toCommand } from './quote.ts';

const OLDEST = [22, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isTooOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);

if (isTooOld) {
  const again = toCommand(['npx', '--yes', '-p', 'node@24', '--', 'node', ...process.argv.slice(1)]);
  process.stderr.write(
    `edgesync-lab needs Node ${OLDEST.join('.')} or newer and this is ${process.versions.node}; this command brings its own Node: ${again}\n`,
  );
  process.exitCode = EXIT.failed;
} else {
  const main = './main.js';
  import(main).catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = EXIT.failed;
  });
}
