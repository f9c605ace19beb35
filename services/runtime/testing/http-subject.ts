/** The service that a contract is tried on. */
import type { Sent } from './http.ts';

export interface HttpSubject {
  readonly port: number;
  /** A read that is answered with 200. */
  readonly readPath: string;
  /** A route that takes a JSON body, with the headers it needs. */
  readonly bodyRoute: Sent & { readonly method: string };
  /** Every route that writes, as it would be done. */
  readonly writes: readonly (Sent & { readonly takesBody: boolean })[];
  /** A listing that takes `limit`. */
  readonly listing: Sent;
  /** The `Allow` of some paths. */
  readonly allowed: Readonly<Record<string, string>>;
}
