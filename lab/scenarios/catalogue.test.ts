import { theCatalogueHolds } from './testing/catalogue-suite.ts';

/** Two more of each: `catalogue.long.test.ts`. */
theCatalogueHolds([1]);
