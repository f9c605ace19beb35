/** An origin of contents, for benchmarks. */
import type { RequestListener } from 'node:http';

/** Contents as our origin answers them. */
export const answerContent: RequestListener = (request, response) => {
  const id = Number(request.url?.split('/').at(-1));
  const times = { created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' };
  const data = {
    id,
    slug: 'getting-started',
    title: 'Getting started',
    body: 'A first content.',
    metadata: {},
    tags: ['guide'],
    version: 1,
    ...times,
  };
  response.writeHead(200, { 'content-type': 'application/json', etag: `"${id}-1"` }).end(JSON.stringify({ success: true, data }));
};
