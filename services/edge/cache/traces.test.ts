import { withMemoryCache } from './contract/memory-subject.ts';
import { describeTraces } from './contract/traces.ts';

describeTraces(withMemoryCache);
