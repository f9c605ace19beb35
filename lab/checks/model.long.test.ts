import { theChecksAreRight, theMeasureIsNeverAbove } from './testing/model-suite.ts';

const RUNS = 1_000;

theChecksAreRight(RUNS);
theMeasureIsNeverAbove(RUNS);
