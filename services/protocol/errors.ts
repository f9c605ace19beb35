/**
 * Every error a service answers with: its code, HTTP status and whether it is definite.
 *
 * Definite means the request certainly had no effect. After an indefinite one (500, 503 on a write) the request may
 * still take effect, so a history records it as `unknown`.
 */
export const SERVICE_ERRORS = {
  malformed_request: { status: 400, definite: true },
  malformed_json: { status: 400, definite: true },
  invalid_field: { status: 400, definite: true },
  unauthorized: { status: 401, definite: true },
  forbidden: { status: 403, definite: true },
  not_found: { status: 404, definite: true },
  unknown_route: { status: 404, definite: true },
  method_not_allowed: { status: 405, definite: true },
  request_timeout: { status: 408, definite: true },
  duplicate_slug: { status: 409, definite: true },
  precondition_failed: { status: 412, definite: true },
  body_too_large: { status: 413, definite: true },
  unsupported_media_type: { status: 415, definite: true },
  expectation_failed: { status: 417, definite: true },
  misdirected_request: { status: 421, definite: true },
  headers_too_large: { status: 431, definite: true },
  internal: { status: 500, definite: false },
  unavailable: { status: 503, definite: false },
} as const;

export type ServiceErrorCode = keyof typeof SERVICE_ERRORS;

/** The JSON body of every error answer. `version` only beside `not_found` of a content: 0 when never created. */
export interface ErrorBody {
  readonly success: false;
  readonly error: string;
  readonly code: ServiceErrorCode;
  readonly version?: number;
}

export interface ServiceErrorOptions {
  readonly cause?: unknown;
  /** The last version of a deleted content, 0 for one never created. */
  readonly version?: number;
  /** Seconds after which another try makes sense; sent as `Retry-After`. */
  readonly retryAfterS?: number;
}

/** An error with a place in the table above; anything else a handler throws is answered as `internal`. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly version: number | undefined;
  readonly retryAfterS: number | undefined;

  constructor(code: ServiceErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.version = options.version;
    this.retryAfterS = options.retryAfterS;
  }

  get status(): number {
    return SERVICE_ERRORS[this.code].status;
  }

  body(): ErrorBody {
    const body = { success: false, error: this.message, code: this.code } as const;
    return this.version === undefined ? body : { ...body, version: this.version };
  }
}
