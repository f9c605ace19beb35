/** The `:id` of a route of origin and edge. */
import { contentId } from '../protocol/content.ts';
import { parseInput } from './http.ts';
import type { HttpRequest } from './route.ts';

/** Ids below a thousand million, which nearly all are: nothing is left to check, and every read asks. */
const SHORT = /^[1-9]\d{0,8}$/;

/** Throws ServiceError `invalid_field` for what is no id. */
export function idOf({ params: { id } }: Pick<HttpRequest, 'params'>): number {
  return id !== undefined && SHORT.test(id) ? Number(id) : parseInput(contentId, id, 'id');
}
