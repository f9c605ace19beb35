/** What the protocol must survive, on the embedded world. */
import { startTestWorld } from '../worlds/testing/embedded-kit.ts';
import { SESSION_MS } from '../worlds/wires/wired-subscription.ts';
import { theProtocolSurvives } from './testing/survival-suite.ts';

theProtocolSurvives({ startWorld: startTestWorld, convergedMsMax: 20_000, cutMs: SESSION_MS + 1_000 });
