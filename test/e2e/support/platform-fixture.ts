import { startTestPlatform, stopTestPlatform } from "./platform.ts";

/** Mocha runs these once, around everything, without a time limit: a first run builds the platform's programs. */
export const mochaGlobalSetup = startTestPlatform;
export const mochaGlobalTeardown = stopTestPlatform;
