import { dev } from "./dev.ts";
import type { Policy } from "./policy.ts";
import { prod } from "./prod.ts";
import { sandbox } from "./sandbox.ts";
import { staging } from "./staging.ts";

/** Policies by environment, which is also the name of its stack. */
export const environments: Readonly<Record<string, Policy>> = { sandbox, dev, staging, prod };
