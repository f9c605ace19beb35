import { expect, it } from 'vitest';
import { frontPage } from './front-page.ts';

it('says what the service is, with links, whatever its name holds', async () => {
  const page = frontPage({ title: '<b>"x"&', about: 'an edge', links: [{ path: '/metrics', about: 'figures' }] });
  const { status, headers, text } = await page.handle({} as Parameters<typeof page.handle>[0]);
  expect([page.path, status, headers?.['content-type']]).toEqual(['/', 200, 'text/html; charset=utf-8']);
  expect(text).toContain('<h1>&lt;b&gt;&quot;x&quot;&amp;</h1>');
  expect(text).toContain('<a href="/metrics"><code>/metrics</code></a> figures');
});
