import type { NotAsked, StoreExaminer } from "../../components/backends/examiner.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";
import { placementsOf, type Environment, type Placement } from "../../stacks/config/environment.ts";
import type { Report, ReportedStore } from "./schema.ts";

/** Opens a store to ask it. */
export type OpenStore = (store: RemoteStoreSpec) => Promise<StoreExaminer | NotAsked>;

/** A store of a secret as the report has it, with what it is asked; `ask` opens it, once for all of its secrets. */
export type AskStore = (
  reported: ReportedStore,
  placed: Placement,
  ask: () => Promise<StoreExaminer | NotAsked>,
) => Promise<ReportedStore>;

/** The report with what stores say of the secrets that lie in them. */
export async function withStores(
  report: Report,
  environment: Environment,
  open: OpenStore,
  asked: AskStore,
): Promise<Report> {
  const opened = new Map<string, Promise<StoreExaminer | NotAsked>>();
  const ask = (store: RemoteStoreSpec) => {
    const examiner = opened.get(store.name) ?? open(store);
    opened.set(store.name, examiner);
    return examiner;
  };
  const secrets = await Promise.all(
    report.secrets.map(async (secret) => {
      const placements = placementsOf(environment, secret.id);
      const stores = await Promise.all(
        secret.stores.map(async (reported) => {
          const placed = placements.find(({ store }) => store.name === reported.store);
          return placed === undefined ? reported : asked(reported, placed, () => ask(placed.store));
        }),
      );
      return { ...secret, stores };
    }),
  );
  return { ...report, secrets };
}
