/**
 * kafkajs 2.2.4 wakes the request queue of every connection every millisecond, for ever, whether or not anything waits
 * in it (tulios/kafkajs#1751; 836 times a second and about 4.8 % of a core each, and a service has several). No option
 * avoids it, so the one method that sets the timer is wrapped with the condition it lacks. Drop this with the first
 * kafkajs that has it.
 */
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

let quiet = false;

export function quietenRequestQueues(): void {
  if (quiet) return;
  quiet = true;
  const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhenWaiting(this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}
