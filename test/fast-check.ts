// fast-check with the seed of the run: the same values each time, others by TEST_SEED.
import fc from 'fast-check';
import { SEED } from './sample.ts';

fc.configureGlobal({ seed: SEED });

export { fc };
