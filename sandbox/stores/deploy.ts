import pc from "picocolors";
import { environments } from "../../stacks/environments/index.ts";
import type { EnvironmentOutputs } from "../../stacks/outputs/index.ts";
import { SANDBOX_STACK, type Connection } from "../connection.ts";
import { readDelivered, type DeliveredSecret } from "../delivered.ts";
import { summaryOf, updateStack, withStackLock, type DeploySandboxOptions } from "../deploy.ts";
import { EventLog } from "../engine/events.ts";
import { SandboxError } from "../support/errors.ts";
import { formatDuration } from "../support/format.ts";
import { storesTable, type StoreResult } from "../terminal/stores-table.ts";
import { watchArrivals, type Arrivals } from "./arrivals.ts";
import { proofCatalogue } from "./catalogue.ts";
import { storesFacts } from "./facts.ts";
import { storeRows } from "./rows.ts";

/** Name of the stack with every store: a part of the environment `sandbox`, whose first stack has the operator. */
export const STORES_STACK = `${SANDBOX_STACK}.stores`;

/** Deploys one declared secret to every store, and shows that each identity reads it. */
export async function deployStores({ connection, progress, signal }: DeploySandboxOptions): Promise<void> {
  const started = performance.now();
  let events = new EventLog();
  let outputs: EnvironmentOutputs | undefined;
  let arrivals: Arrivals = new Map();
  let delivered: readonly DeliveredSecret[] = [];
  await withStackLock(connection, signal, async () => {
    await progress.run({
      title: "Every store",
      concurrency: 1,
      signal,
      steps: [
        {
          title: `pulumi up, stack ${STORES_STACK}`,
          run: async (note, stepSignal) => {
            const options = storesStack(connection);
            const namespaces = storeRows.map(({ namespace }) => namespace);
            arrivals = await watchArrivals({ kubeconfig: connection.kubeconfig, namespaces }, async () => {
              ({ events, outputs } = await updateStack({ ...options, signal: stepSignal, note }));
            });
            note(summaryOf(events));
          },
        },
        {
          title: "sync",
          run: async (note) => {
            if (outputs === undefined) return;
            delivered = await readDelivered(connection.kubeconfig, outputs);
            note(`${delivered.length} Secrets`);
          },
        },
      ],
    });
  });
  for (const { text } of events.diagnostics) console.log(pc.yellow(text));
  const results = resultsOf(delivered, arrivals);
  console.log(storesTable(results));
  console.log(`${summaryOf(events)} in ${formatDuration(performance.now() - started)}.`);
  refuseMissing(results);
}

/** The stack with every store. */
function storesStack(connection: Connection) {
  return {
    connection,
    stack: STORES_STACK,
    demo: false,
    facts: storesFacts(connection),
    program: { catalogue: proofCatalogue(), policies: environments },
  };
}

function resultsOf(delivered: readonly DeliveredSecret[], arrivals: Arrivals): readonly StoreResult[] {
  return storeRows.map(({ namespace, store, identity }) => {
    const found = delivered.find((each) => each.namespace === namespace);
    return {
      namespace,
      store,
      identity,
      remoteNames: found?.remoteNames ?? [],
      // A plain Secret is there or not; nobody says that it is synced.
      synced: found?.created !== undefined && found.synced !== false && found.keys.length > 0,
      readyMs: arrivals.get(namespace),
    };
  });
}

/** Pulumi waits for each of them, so this is a change by somebody else in the meantime. */
function refuseMissing(results: readonly StoreResult[]): void {
  const missing = results.filter(({ synced }) => !synced).map(({ namespace }) => namespace);
  if (missing.length === 0) return;
  throw new SandboxError({
    what: `The Secret did not arrive in ${missing.join(", ")}.`,
    fix: `kubectl get externalsecrets --namespace=${missing[0] ?? ""} --output=yaml (npm run sandbox -- shell)`,
  });
}
