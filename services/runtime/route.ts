/** A service is a list of routes: functions from a request to an answer that know nothing of sockets. */

export interface HttpRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  /** Throws `invalid_field` for what is no query, so only what is looked at is refused. */
  readonly query: Readonly<Record<string, string>>;
  /** The query as sent, with its `?`; empty without one. */
  readonly search: string;
  readonly body: unknown;
  header(name: string): string | undefined;
  /** The one of these media types that the client likes best; the first when it does not care. */
  prefers<const Type extends string>(...types: readonly Type[]): Type | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** By their names, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; left out for 304. */
  readonly body?: unknown;
  /** Writes the body where that can be done quicker: the text that `JSON.stringify` makes of it. */
  readonly json?: () => string;
  /** Instead of a JSON body: text with its own `content-type` header. */
  readonly text?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Refuses whom it is not for, before anything else of the request is judged. */
  admit?(header: HttpRequest['header']): void;
  /**
   * A read that is answered past Express where nothing is to be said against it: its path ends in a parameter, its
   * answers are JSON.
   */
  readonly isShort?: boolean;
  /** What it looks at. What it does not take, a write must not carry: it would be dropped without a word. */
  readonly takes?: readonly ('body' | 'conditions')[];
  handle(request: HttpRequest): Promise<HttpAnswer> | HttpAnswer;
}
