/** What a colour of a theme may be, and which of its roles may have another one. */

export const ROLES = ['text', 'strong', 'muted', 'good', 'warning', 'bad', 'accent', 'chart', 'key'] as const;
export type Role = (typeof ROLES)[number];

/** The terminal's own colours by their names, as SGR codes (ECMA-48, section 8.3.117). */
export const NAMED_COLOURS = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;
export const COLOUR = new RegExp(`^(?:${Object.keys(NAMED_COLOURS).join('|')}|#[0-9a-fA-F]{6})$`);
