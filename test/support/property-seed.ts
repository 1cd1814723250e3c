import fc from "fast-check";

/**
 * Loaded by `npm run test:unit`: property tests draw the same inputs in every run, so that a run fails only by what has
 * changed. `mocha <file>` draws others each time, which is how new cases are found.
 */
fc.configureGlobal({ seed: 1_890_257_931 });
