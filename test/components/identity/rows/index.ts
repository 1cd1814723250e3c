import type { Row } from "./row.ts";
import { vault } from "./vault.ts";

/** Every way to read a store, under contract. */
export const rows: readonly Row[] = [...vault];
