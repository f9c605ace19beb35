import { theCatalogueHolds } from './testing/catalogue-suite.ts';

/** The first: `catalogue.test.ts`. */
theCatalogueHolds([2, 3]);
