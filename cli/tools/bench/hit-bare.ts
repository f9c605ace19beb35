/**
 * The least that Node can do for the answer of a hit: it is there in memory, headers and all. Port and the address of
 * the answer in.
 */
import { createServer } from 'node:http';

const KEEP_ALIVE_MS = 65_000;
/** What Node writes itself. */
const OWN = new Set(['date', 'connection', 'keep-alive']);

const [port = '0', url = ''] = process.argv.slice(2);
const answer = await fetch(`${url}/api/content/1`);
const body = await answer.text();
const headers = Object.fromEntries([...answer.headers].filter(([name]) => !OWN.has(name)));
const server = createServer((_request, response) => void response.writeHead(200, headers).end(body));
server.keepAliveTimeout = KEEP_ALIVE_MS;
server.listen(Number(port), '127.0.0.1');
