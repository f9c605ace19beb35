import { theChecksAreRight, theMeasureIsNeverAbove } from './testing/model-suite.ts';

/** 1,000: `model.long.test.ts`. */
const RUNS = 300;

theChecksAreRight(RUNS);
theMeasureIsNeverAbove(RUNS);
