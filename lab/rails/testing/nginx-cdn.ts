/**
 * A small CDN of two real nginx on loopback, an edge in front of a shield, which the lab does not start: what a live
 * target stands for. Each counts its requests in a log of its own. The edge answers 429 to whoever asks too often.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from './free-port.ts';

export const NGINX = '/usr/sbin/nginx';
const STARTED_MS_MAX = 60_000;

export interface NginxCdnOptions {
  /** What the edge takes a second before it answers 429, and how many at once beyond that. */
  readonly perSecond?: number;
  readonly burst?: number;
  /** Of the edge: lines for its location. */
  readonly extra?: string;
  /** Where the shield asks. Left out: a free port. */
  readonly backendPort?: number;
}

/** A request, as the access log has it. */
export interface LoggedRequest {
  /** In ms. */
  readonly begunAt: number;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly isRefresh: boolean;
  readonly userAgent: string;
  readonly authorization: string;
}

export interface NginxCdn {
  readonly url: string;
  readonly port: number;
  /** Where its shield asks. */
  readonly backendPort: number;
  /** Of the edge, in the order in which they ended. */
  requests(): Promise<readonly LoggedRequest[]>;
  close(): Promise<void>;
}

interface Tier {
  readonly port: number;
  readonly backendPort: number;
  readonly limit: string;
  readonly extra: string;
}

export async function startNginxCdn({ perSecond = 1000, burst = 100, extra = '', backendPort }: NginxCdnOptions = {}): Promise<NginxCdn> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-cdn-'));
  // Workers give up being root.
  await chmod(folder, 0o755);
  const [edgePort, shieldPort, originPort] = await Promise.all([freePort(), freePort(), backendPort ?? freePort()]);
  const shield = { port: shieldPort, backendPort: originPort, limit: '', extra: '' };
  const edge = {
    port: edgePort,
    backendPort: shieldPort,
    limit: `limit_req zone=all burst=${burst} nodelay; limit_req_status 429;`,
    extra: `add_header X-Cache $upstream_cache_status always; ${extra}`,
  };
  const children = [await start(folder, 'shield', confOf(shield, perSecond)), await start(folder, 'edge', confOf(edge, perSecond))];
  await Promise.all([edgePort, shieldPort].map(untilListening));
  return {
    url: `http://127.0.0.1:${edgePort}`,
    port: edgePort,
    backendPort: originPort,
    requests: async () => (await readFile(join(folder, 'edge', 'access.log'), 'utf8')).split('\n').filter(Boolean).map(toRequest),
    close: async () => {
      await Promise.all(children.map(end));
      await rm(folder, { recursive: true });
    },
  };
}

function toRequest(line: string): LoggedRequest {
  const [endedS, tookS, method = '', uri = '', status, refresh, userAgent = '', authorization = ''] = line.split('\t');
  return {
    begunAt: (Number(endedS) - Number(tookS)) * 1000,
    method,
    uri,
    status: Number(status),
    isRefresh: refresh === '1',
    userAgent,
    authorization,
  };
}

async function start(folder: string, name: string, conf: string): Promise<ChildProcess> {
  const own = join(folder, name);
  await mkdir(own);
  await writeFile(join(own, 'nginx.conf'), conf.replaceAll('DIR', own));
  return spawn(NGINX, ['-p', own, '-c', join(own, 'nginx.conf'), '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function untilListening(port: number): Promise<void> {
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  await vi.waitUntil(answers, { timeout: STARTED_MS_MAX });
}

const USER = process.getuid?.() === 0 ? 'user root;' : '';

function confOf({ port, backendPort, limit, extra }: Tier, perSecond: number): string {
  return `
${USER}
worker_processes 1;
pid DIR/pid;
error_log DIR/error.log warn;
events { worker_connections 256; }
http {
  log_format counted '$msec\\t$request_time\\t$request_method\\t$request_uri\\t$status\\t$http_x_refresh\\t$http_user_agent\\t$http_authorization';
  access_log DIR/access.log counted;
  client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi; uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
  proxy_cache_path DIR/cache levels=1 keys_zone=tier:4m inactive=1h max_size=16m;
  limit_req_zone $server_port zone=all:1m rate=${perSecond}r/s;
  server {
    listen 127.0.0.1:${port};
    ${limit}
    location / {
      proxy_pass http://127.0.0.1:${backendPort};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "";
      proxy_cache tier;
      proxy_cache_key $uri;
      proxy_cache_lock on;
      proxy_cache_bypass $http_x_refresh;
      ${extra}
    }
  }
}
`;
}
