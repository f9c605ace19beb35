/**
 * The page at `/`: what a service is, and where one may look. A browser gets the page, because it says that it takes
 * HTML; every other client gets the 404 that any unknown path gets. The page loads nothing and runs no script.
 */
export interface FrontPage {
  readonly title: string;
  /** One sentence. */
  readonly about: string;
  readonly links: readonly FrontLink[];
}

export interface FrontLink {
  readonly path: string;
  readonly about: string;
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'cache-control': 'no-store',
  vary: 'Accept',
} as const;
const STYLE =
  'body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}code{font-size:1.05em}';

export function pageOf(page: FrontPage) {
  return { status: 200, headers: HEADERS, text: render(page) };
}

function render({ title, about, links }: FrontPage): string {
  const items = links.map(
    ({ path, about: what }) => `<li><a href="${escaped(path)}"><code>${escaped(path)}</code></a> ${escaped(what)}</li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1><p>${escaped(about)}</p><ul>
${items.join('\n')}
</ul></body></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
