import { withMemoryCache } from './testing/memory-subject.ts';
import { describeTraces } from './testing/traces.ts';

describeTraces(withMemoryCache);
