import type { NotAsked, StoreExaminer } from "../../components/backends/examiner.ts";
import { backendOf, type RemoteStoreSpec } from "../../components/backends/index.ts";

/** Opens a store to ask it, with credentials in these environment variables. */
export async function openExaminer(
  store: RemoteStoreSpec,
  variable: (name: string) => string | undefined,
): Promise<StoreExaminer | NotAsked> {
  const loaded = await backendOf(store).loadExaminer?.();
  return (
    loaded?.open(store, variable) ?? {
      reason: `a store of kind ${store.kind} is not asked itself; what the operator says of it is checked`,
    }
  );
}
