/**
 * The health check of a container: asks the service beside it, by the port it was given itself. Exits 0 when it says it
 * can serve, else 1. It runs every other second in every container, so it loads nothing but Node's own client.
 */
import { get } from 'node:http';

/** Below the timeout of compose.yaml's health checks, so that this answers and is not killed. */
const ANSWER_MS_MAX = 1500;
const EXIT_UNHEALTHY = 1;
const OK = 200;

/** The text is kept by the engine: `docker inspect` shows it. */
function end(code: number, message: string): void {
  process.stdout.write(`${message}\n`);
  process.exitCode = code;
}

const port = process.env['PORT'] || process.env['EDGE_PORT'] || process.env['PURGER_PORT'] || process.env['STATUS_PORT'];
if (port === undefined || port === '') {
  end(EXIT_UNHEALTHY, 'expected PORT, EDGE_PORT, PURGER_PORT or STATUS_PORT, got none');
} else {
  const request = get(
    { host: '127.0.0.1', port, path: '/health', agent: false, signal: AbortSignal.timeout(ANSWER_MS_MAX) },
    (response) => {
      response.resume();
      end(response.statusCode === OK ? 0 : EXIT_UNHEALTHY, `expected ${OK} from /health, got ${response.statusCode}`);
    },
  );
  request.once('error', (error) =>
    end(EXIT_UNHEALTHY, `expected an answer on port ${port} within ${ANSWER_MS_MAX} ms, got ${error.message}`),
  );
}
