import { aws } from "./aws.ts";
import { azure } from "./azure.ts";
import { gcp } from "./gcp.ts";
import type { Row } from "./row.ts";
import { vault } from "./vault.ts";

/** Every way to read a store, under contract. */
export const rows: readonly Row[] = [...aws, ...azure, ...gcp, ...vault];
