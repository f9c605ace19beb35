/** The part of kafkajs's request queue that `request-queue.ts` wraps; kafkajs's own types leave it out. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  class RequestQueue {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests(): void;
  }
  export = RequestQueue;
}
