import type { StateResource } from "../../components/backends/contract.ts";
import type { PreparedStore, StoreSession } from "../../components/backends/session.ts";
import { foundNames, surveyStore, type Survey } from "../../components/backends/survey.ts";

/** A survey that found these names, and nothing of the state. */
export const surveyWith = (...untracked: readonly string[]): Survey => ({
  owned: new Map(),
  untracked: foundNames(untracked),
});

interface Before {
  /** What the state knows. Default: nothing. */
  readonly state?: readonly StateResource[];
  /** Remote names that the store is asked for. Default: none. */
  readonly names?: readonly string[];
}

/** Surveys a store and prepares it, as a run does. */
export async function prepared(
  session: StoreSession | Promise<StoreSession>,
  { state = [], names = [] }: Before = {},
): Promise<PreparedStore> {
  const open = await session;
  return open.prepare(await surveyStore(open, state, names));
}

/** What can be read before the store is prepared. */
export async function readable(
  session: StoreSession | Promise<StoreSession>,
): Promise<NonNullable<StoreSession["read"]>> {
  const { read } = await session;
  if (read === undefined) throw new Error("the store can be read only once it is prepared");
  return read;
}
