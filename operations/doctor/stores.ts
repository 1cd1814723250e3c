import type { NotAsked, StoreExaminer } from "../../components/backends/examiner.ts";
import { backendOf, type RemoteStoreSpec } from "../../components/backends/index.ts";

/** Opens a store to ask it, with credentials in these environment variables. */
export async function openExaminer(
  store: RemoteStoreSpec,
  variable: (name: string) => string | undefined,
): Promise<StoreExaminer | NotAsked> {
  const { open } = await backendOf(store).loadExaminer();
  return open(store, variable);
}
