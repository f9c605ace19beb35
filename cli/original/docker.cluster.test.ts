/**
 * The original EdgeSync's README, line by line, with Docker: a cluster of the lab, with Kafka UI and the caches' ports,
 * and one that Compose brought up by itself. Where Compose is not here, what its words mean to the engine stands in for
 * them.
 */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBusyPorts } from '../../lab/worlds/embedded/ports.ts';
import type { TestCluster } from '../../vitest-context.d.ts';
import { startProgram } from '../testing/process.ts';
import { FOLLOWING, OF_A_CLUSTER, PLAIN } from './testing/commands.ts';
import { expectShown, follow, isHere, run, type Shell, succeeds, untilShown } from './testing/shell.ts';

const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };
const START_MS_MAX = 240_000;
const COMMAND_MS_MAX = 120_000;
const BACK_MS_MAX = 60_000;
const SHOWN_MS_MAX = 60_000;
const LOAD_CODES = [0, 99];

/** Of the README to ports that nothing else here has. */
const PORTS = {
  ORIGIN_PORT: [4000, 19600],
  EDGE_US_EAST_PORT: [5001, 19601],
  EDGE_EU_WEST_PORT: [5002, 19602],
  EDGE_AP_SOUTH_PORT: [5003, 19603],
  TOXIPROXY_PORT: [8474, 19604],
  KAFKA_UI_PORT: [8080, 19605],
  REDIS_US_EAST_PORT: [6379, 19606],
  REDIS_EU_WEST_PORT: [6380, 19607],
  REDIS_AP_SOUTH_PORT: [6381, 19608],
} as const;
const OWN_PORTS = Object.fromEntries(Object.entries(PORTS).map(([name, [, own]]) => [name, String(own)]));
const REDIS_PORTS = [PORTS.REDIS_US_EAST_PORT[1], PORTS.REDIS_EU_WEST_PORT[1], PORTS.REDIS_AP_SOUTH_PORT[1]];
const UI_IMAGE = 'edgesync-lab/kafka-ui-stand-in:test';

/**
 * No registry gives Kafka UI to these tests: this page stands in for it, once it reaches the broker that it was told
 * of.
 */
const UI_PROGRAM = `
  const { createServer } = require("node:http"), { connect } = require("node:net");
  const [host, port] = process.env.KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS.split(":");
  createServer((_, page) => connect(port, host, () => page.end("in place of Kafka UI")).on("error", (error) => page.writeHead(503).end(String(error)))).listen(8080);
`.replaceAll('\n', ' ');
const UI_DOCKERFILE = `FROM THE_SERVICES
LABEL edgesync-lab.stand-in="a page of a test"
ENTRYPOINT ["node", "-e", ${JSON.stringify(UI_PROGRAM).replaceAll('$', '\\$')}]
CMD []
`;

/** `open` shows a page. \`docker-compose\`, where it is not here, does to the containers what Compose would. */
const OPEN = 'open() { curl --silent --fail "$1"; }';
const COMPOSE_STAND_IN = `docker-compose() {
  local verb=$1 options=() names=() word; shift
  if [ "$verb" = exec ]; then docker exec "$COMPOSE_PROJECT_NAME-$1-1" "\${@:2}"; return; fi
  for word; do if [[ $word == -* ]]; then options+=("$word"); else names+=("$COMPOSE_PROJECT_NAME-$word-1"); fi; done
  case $verb in
    restart) docker restart "\${names[@]}" ;;
    ps) docker ps --filter "name=\${names[0]}" ;;
    logs) docker logs "\${options[@]}" "\${names[0]:-$COMPOSE_PROJECT_NAME-edge-us-east-1}" 2>&1 ;;
    *) echo "no stand-in for $verb" >&2; return 1 ;;
  esac
}`;
const PLUGIN = 'docker-compose() { docker compose "$@"; }';
const hasPlugin = succeeds('docker compose version');
const hasCompose = hasPlugin || isHere('docker-compose');
const COMPOSE = hasPlugin ? [PLUGIN] : hasCompose ? [] : [COMPOSE_STAND_IN];

function shellOf(suffix: string): Shell {
  const env = { ...OWN_PORTS, KAFKA_UI_IMAGE: UI_IMAGE, COMPOSE_PROJECT_NAME: `${cluster.project}${suffix}`, ADMIN_TOKEN: 'of-a-test' };
  const ofLab = { EDGESYNC_BACKEND: 'docker', EDGESYNC_PROJECT: `${cluster.project}${suffix}`, XDG_STATE_HOME: cluster.state };
  return {
    ports: new Map(Object.values(PORTS)),
    env: { ...env, ...ofLab },
    prelude: [OPEN, ...COMPOSE].join('\n'),
  };
}

function ping(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(String(data).trim());
    });
  });
}

/** What each cluster must show, however it came up. */
function itWorksLineByLine(shell: Shell): void {
  const plain = (section: string) => PLAIN.filter((command) => command.section === section);

  it.each([...plain('Update Content'), ...plain('Observe Eventual Consistency')])('$section', (command) => expectShown(command, shell));

  it.each(OF_A_CLUSTER)(
    '$section: $words',
    async (command) => {
      await untilShown(command, shell, SHOWN_MS_MAX);
      if (command.words.includes('restart')) await untilConnected(shell);
    },
    COMMAND_MS_MAX,
  );

  it.each(FOLLOWING)('$section: $words', (command) => follow(command, shell), COMMAND_MS_MAX);

  it('Architecture: each region’s Redis answers at its port', async () => {
    expect(await Promise.all(REDIS_PORTS.map(ping))).toEqual(['+PONG', '+PONG', '+PONG']);
  });
}

/** An edge that was started again is back. */
async function untilConnected(shell: Shell): Promise<void> {
  const health = async () => (await run('curl -s http://localhost:5001/health', shell)).stdout;
  await expect.poll(health, { interval: 500, timeout: BACK_MS_MAX }).toContain('"log":"connected"');
}

describe.skipIf(provided === undefined)('the original README, in Docker', () => {
  beforeAll(async () => {
    const image = (await run(`sed -nE 's/.*EDGESYNC_IMAGE:-([^}]+).*/\\1/p' compose.yaml`, shellOf(''))).stdout.trim();
    const built = await run(`docker build -q -t ${UI_IMAGE} - <<'END'\n${UI_DOCKERFILE.replace('THE_SERVICES', image)}END`, shellOf(''));
    expect(built).toMatchObject({ code: 0 });
  }, COMMAND_MS_MAX);
  afterAll(async () => {
    await run(`docker image rm -f ${UI_IMAGE}`, shellOf(''));
  });

  describe('a cluster of the lab', () => {
    const shell = shellOf('-original');
    const lab = (...words: readonly string[]) => startProgram(words, { env: shell.env }).ended;
    afterAll(async () => {
      await lab('down', '--volumes');
    });

    it(
      'is started without tools, and with them later, which leaves alone what runs',
      async () => {
        expect(await lab('up')).toMatchObject({ code: 0 });
        expect(await findBusyPorts(REDIS_PORTS.map((port) => ({ port, service: 'redis' })))).toBeUndefined();
        const started = () => run(`docker inspect --format '{{.State.StartedAt}}' "$COMPOSE_PROJECT_NAME-edge-us-east-1"`, shell);
        const before = await started();
        const { code, stdout } = await lab('up', '--tools', '--profile', 'redis-ports');
        expect(code).toBe(0);
        expect(stdout).toMatch(/^kafka-ui +http:\/\/127\.0\.0\.1:19605$/m);
        expect(stdout).toMatch(/^published-redis +redis:\/\/127\.0\.0\.1:19606$/m);
        expect(await started()).toEqual(before);
      },
      START_MS_MAX,
    );

    itWorksLineByLine(shell);

    it.each(['./test-load.sh', './test-heavy-load.sh'])(
      '%s loads it',
      async (words) => {
        const command = PLAIN.find((one) => one.words === words);
        if (command === undefined) throw new TypeError(`expected ${words} among the commands`);
        await expectShown(command, shell, LOAD_CODES);
      },
      COMMAND_MS_MAX,
    );

    it('is no loss to the lab when a tool ends, and is gone whole after down', { timeout: COMMAND_MS_MAX }, async () => {
      const load = startProgram(['load', '--requests', '2000'], { env: shell.env });
      await load.says('load: 2000 reads');
      await run('docker kill "$COMPOSE_PROJECT_NAME-kafka-ui-1"', shell);
      expect(LOAD_CODES).toContain((await load.ended).code);
      expect(await lab('down', '--volumes')).toMatchObject({ code: 0 });
      const left = await run('docker ps --all --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME"', shell);
      expect(left.stdout).toBe('');
    });
  });

  describe.skipIf(!hasCompose)('a cluster of Compose', () => {
    const plain = shellOf('-original-compose');
    const shell = { ...plain, env: { ...plain.env, COMPOSE_PROFILES: 'tools,redis-ports' } };
    afterAll(() => run('docker-compose down --volumes', shell));

    it(
      'Installation: docker-compose up -d',
      async () => {
        await expectShown({ section: 'Installation', words: 'docker-compose up -d', shows: [] }, shell);
        await untilConnected(shell);
      },
      START_MS_MAX,
    );

    itWorksLineByLine(shell);

    it('Switching Invalidation Strategies: what is changed in the file holds after up', { timeout: COMMAND_MS_MAX }, async () => {
      const edit = `sed 's/INVALIDATION_STRATEGY: eager/INVALIDATION_STRATEGY: lazy/; s/PROPAGATION_DELAY: "100"/PROPAGATION_DELAY: 50/' compose.yaml`;
      const words = `${edit} | docker-compose --project-directory . -f - up -d edge-us-east`;
      await expectShown({ section: '', words, shows: [] }, shell);
      await untilConnected(shell);
      const { stdout } = await run('curl -s http://localhost:5001/metrics', shell);
      expect(JSON.parse(stdout)).toMatchObject({ strategy: 'lazy', propagationDelayMs: 50 });
    });
  });
});
