/** The part of kafkajs's request queue that `request-queue.ts` wraps; kafkajs's own types leave it out. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  class RequestQueue {
    constructor(options: object);
    readonly pending: unknown[];
    /** The timer of the next look at what waits. */
    readonly throttleCheckTimeoutId: unknown;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
  export = RequestQueue;
}
