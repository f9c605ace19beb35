/** What `hit` puts side by side: our edge over each cache, and others that give the same answer. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface HitContext {
  readonly port: number;
  /** A folder of its own. */
  readonly folder: string;
  /** Of an origin of contents. */
  readonly origin: string;
  /** Of an origin of the answer that all give. */
  readonly answers: { readonly url: string; readonly port: number };
  readonly redisPort: number;
}

export interface HitServer {
  readonly name: string;
  /** Programs that must be here. */
  readonly needs: readonly string[];
  /** How many contents are read. */
  readonly contents: number;
  command(context: HitContext): readonly string[];
  variables?(context: HitContext): Readonly<Record<string, string>>;
  /** By name, in its folder. */
  files?(context: HitContext): Readonly<Record<string, string>>;
}

const EDGE = 'dist/service/edge.js';
const BARE = fileURLToPath(new URL('./hit-bare.ts', import.meta.url));
const MANY = 1_000;

/** Where the edge's answers come from. Hot entries stand before a Redis. */
const CACHES = {
  memory: { name: 'cache in memory', needs: [], hotMs: 0 },
  Redis: { name: 'cache in Redis, no hot entries', needs: ['redis-server'], hotMs: 0 },
  hot: { name: 'cache in Redis', needs: ['redis-server'], hotMs: 25 },
} as const;

function edgeOver(cache: keyof typeof CACHES, contents: number): HitServer {
  const { name, needs, hotMs } = CACHES[cache];
  return {
    name: `edge, ${name}${contents === 1 ? '' : `, ${contents.toLocaleString('en')} contents`}`,
    needs,
    contents,
    command: () => [process.execPath, EDGE],
    variables: ({ port, origin, redisPort }) => ({
      REGION_NAME: `${cache.toLowerCase()}-${contents}`,
      EDGE_PORT: String(port),
      REDIS_URL: cache === 'memory' ? 'memory:' : `redis://127.0.0.1:${redisPort}`,
      KAFKA_BROKERS: 'memory:',
      ORIGIN_URL: origin,
      HOT_MS: String(hotMs),
      LOG_LEVEL: 'error',
    }),
  };
}

const NGINX = ({ port, answers, folder }: HitContext) => `
user root;
daemon off;
master_process off;
pid ${join(folder, 'pid')};
error_log stderr error;
events { worker_connections 512; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${join(folder, 'body')};
  proxy_temp_path ${join(folder, 'proxy')};
  fastcgi_temp_path ${join(folder, 'fastcgi')};
  uwsgi_temp_path ${join(folder, 'uwsgi')};
  scgi_temp_path ${join(folder, 'scgi')};
  proxy_cache_path ${join(folder, 'cache')} levels=1 keys_zone=hit:4m inactive=1h max_size=64m;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass ${answers.url}; proxy_cache hit; proxy_cache_key $uri; proxy_cache_lock on; }
  }
}
`;

const VARNISH = ({ answers }: HitContext) => `
vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "${answers.port}"; }
`;

export const HIT_SERVERS: readonly HitServer[] = [
  {
    name: 'bare Node `http`',
    needs: [],
    contents: 1,
    command: ({ port, answers }) => [process.execPath, BARE, String(port), answers.url],
  },
  edgeOver('memory', 1),
  edgeOver('memory', MANY),
  edgeOver('hot', 1),
  edgeOver('hot', MANY),
  edgeOver('Redis', 1),
  edgeOver('Redis', MANY),
  {
    name: 'nginx',
    needs: ['nginx'],
    contents: 1,
    command: ({ folder }) => ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    files: (context) => ({ 'nginx.conf': NGINX(context) }),
  },
  {
    name: 'Varnish',
    needs: ['varnishd'],
    contents: 1,
    command: ({ port, folder }) => {
      const where = ['-n', join(folder, 'n'), '-a', `127.0.0.1:${port}`, '-f', join(folder, 'hit.vcl')];
      return ['varnishd', '-F', '-j', 'none', ...where, '-s', 'malloc,32m'];
    },
    files: (context) => ({ 'hit.vcl': VARNISH(context) }),
  },
];
