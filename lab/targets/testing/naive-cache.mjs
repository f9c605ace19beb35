/**
 * A cache as many applications have it, in a few lines: get, else load and set; a purge deletes. It loses what comes
 * while it loads. `node naive-cache.mjs PORT UPSTREAM [BEHAVIOUR …]`: how else it may be wrong, or right.
 *
 *   fenced     what was purged while it was being loaded is not stored
 *   waits      a purge waits for the load under way
 *   wide       a purge of one content is one of all
 *   deaf       a purge is answered, and does nothing
 *   keepless   nothing is kept
 *   elsewhere  it asks somebody else, never its upstream
 *   strays     what was purged it asks of somebody else from then on
 *   leftover   it begins with what another upstream had brought
 *   late-add   what is loaded is stored long after it was answered, where nothing is stored yet
 *   late-set   what is loaded is stored a moment after it was answered
 *   slow-purge a purge takes three seconds, whatever is under way
 *   upgrades   a purge is answered with another protocol
 *   dies       it ends at a purge while it loads
 *   soft       what was purged is answered once more, while it is loaded anew
 *   labels     what is answered once more is labelled so
 *   streams    what was purged once its headers were taken is not stored; to take them needs 100 ms
 *   own-404    404s are kept, with a body of its own
 */
import { createServer } from 'node:http';

const [port, upstream, ...behaviours] = process.argv.slice(2);
const does = (name) => behaviours.includes(name);
const kept = new Map();
const loading = new Map();
const epochs = new Map();
const streaming = new Map();

async function load(path) {
  if (does('strays') && epochs.has(path)) return { status: 200, text: '{"data":{"version":99}}', headers: {} };
  const epoch = epochs.get(path) ?? 0;
  const response = await fetch(`http://${upstream}${path}`);
  if (does('streams')) await new Promise((resolve) => setTimeout(resolve, 100));
  streaming.set(path, response);
  const text = await response.text();
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('x-edgesync')));
  const entry = { status: response.status, text, headers };
  const store = () => {
    const isFenced = does('fenced') && (epochs.get(path) ?? 0) !== epoch;
    const isCut = does('streams') && streaming.get(path) !== response;
    const isAdded = does('late-add') && kept.has(path);
    const isKept = entry.status === 200 || does('own-404');
    if (!isFenced && !isCut && !isAdded && !does('keepless') && isKept) kept.set(path, entry);
  };
  if (entry.status === 404 && does('own-404')) entry.text = '<h1>not here</h1>';
  const lateMs = does('late-add') ? 400 : does('late-set') ? 100 : 0;
  if (lateMs === 0) store();
  else setTimeout(store, lateMs);
  return entry;
}

function read(path) {
  if (does('elsewhere')) return { status: 200, text: '{"data":{"version":1}}', headers: {} };
  if (does('leftover')) return { status: 200, text: '{"data":{"version":1}}', headers: { 'x-edgesync-run': 'another' } };
  const found = kept.get(path);
  if (found?.isStale) {
    found.isStale = false;
    load(path);
    return { ...found, isHit: true, label: does('labels') ? 'STALE' : 'HIT' };
  }
  if (found !== undefined) return { ...found, isHit: true };
  const under = load(path);
  loading.set(path, under);
  return under.finally(() => loading.get(path) === under && loading.delete(path));
}

async function purge(path) {
  if (does('deaf')) return;
  if (does('waits')) await loading.get(path);
  if (does('slow-purge')) await new Promise((resolve) => setTimeout(resolve, 3_000));
  if (does('dies') && loading.has(path)) process.exit(7);
  if (does('soft') && kept.has(path)) {
    kept.get(path).isStale = true;
    return;
  }
  epochs.set(path, (epochs.get(path) ?? 0) + 1);
  streaming.delete(path);
  kept.delete(path);
  if (does('wide')) kept.clear();
}

createServer(async (asked, answer) => {
  try {
    if (asked.method === 'PURGE') {
      await purge(asked.url);
      if (does('upgrades')) asked.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
      else answer.writeHead(200).end('purged');
      return;
    }
    if (does('leftover')) await fetch(`http://${upstream}${asked.url}`);
    const { status, text, headers, isHit = false, label = isHit ? 'HIT' : 'MISS' } = await read(asked.url);
    answer.writeHead(status, { ...headers, 'content-type': 'application/json', 'x-cache': label }).end(text);
  } catch (error) {
    answer.writeHead(502).end(String(error));
  }
}).listen(Number(port), '127.0.0.1');
