/** The links of a page of Markdown, and the anchors that others may link to. */

/** Without code, be it in blocks or in lines. */
export function prose(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
}

/** Of links and pictures: what stands in the brackets behind the words. */
export function linksOf(text: string): readonly string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/**
 * As GitHub makes them: lower case, without punctuation, a dash for each space, a number behind the second of a name.
 */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const headings = text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#{1,6} (.+)$/gm);
  for (const [, heading = ''] of headings) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
    let [name, times] = [anchor, 0];
    while (anchors.has(name)) {
      times += 1;
      name = `${anchor}-${times}`;
    }
    anchors.add(name);
  }
  return anchors;
}
