/**
 * What every page is put into: it loads nothing, runs nothing, and says so in its content security policy, which lets
 * in its own style sheet by its hash and nothing else.
 */
import { createHash } from 'node:crypto';
import { html, type Markup, Markup as Raw } from './markup.ts';
import { STYLE } from './style.ts';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** `defs`: what pictures refer to. */
export function pageText(title: string, body: Markup, defs?: Markup): string {
  const page = html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta http-equiv="Content-Security-Policy" content="${POLICY}"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/><meta name="referrer" content="no-referrer"/>
<title>${title}</title><style>${new Raw(STYLE)}</style></head>
<body>${defs}<main>${body}</main></body></html>
`;
  return page.text;
}
