import { parseEnv } from "node:util";
import type { Variable } from "./variables.ts";

/** How a `.env` file differs from what an application reads. Names only. */
export interface EnvFileCheck {
  /** Variables that it does not set. */
  readonly missing: readonly string[];
  /** Variables that it sets to nothing. */
  readonly empty: readonly string[];
}

/** Compares a `.env` file with the variables that are read. Others that it sets are the application's own. Pure. */
export function checkEnvFile(text: string, variables: readonly Variable[]): EnvFileCheck {
  const set: Readonly<Record<string, string | undefined>> = parseEnv(text.replace(/^\u{feff}/u, ""));
  return {
    missing: namesOf(variables.filter(({ name }) => set[name] === undefined)),
    empty: namesOf(variables.filter(({ name, literal }) => set[name] === "" && literal !== "")),
  };
}

function namesOf(variables: readonly Variable[]): readonly string[] {
  return [...new Set(variables.map(({ name }) => name))];
}
