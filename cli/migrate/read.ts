import { vaultReads } from "../../components/backends/vault/http.ts";
import { machineFiles } from "../../operations/migrate/files.ts";
import type { Reading } from "../../operations/migrate/model.ts";
import { planMigration } from "../../operations/migrate/plan/index.ts";
import type { PlanFacts } from "../../operations/migrate/plan/facts.ts";
import type { MigrationPlan } from "../../operations/migrate/plan/model.ts";
import { named } from "../../operations/migrate/selection.ts";
import { readSources } from "../../operations/migrate/sources/index.ts";
import type { VaultSource } from "../../operations/migrate/sources/vault-folder.ts";
import { secretsOfCluster } from "../../operations/migrate/sources/live.ts";
import { ExpectedError, type Issue } from "../../components/support/messages/errors.ts";
import { readStackFile } from "../../preview/stack-file.ts";
import { catalogue } from "../../stacks/environments/catalogue.ts";
import { stackOf } from "../stack.ts";
import type { PlanOptions, SourceOptions } from "./options.ts";

/** Reads sources as the options of a command name them. */
export function readNamed(sources: readonly string[], options: SourceOptions): Promise<Reading> {
  const { kubeconfig, context, only, take, leave } = options;
  return readSources({
    sources,
    files: machineFiles,
    cluster: () =>
      secretsOfCluster({
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...(context === undefined ? {} : { context }),
      }),
    vault: () => vaultOf((name) => process.env[name]),
    selection: { only: named(only), take: named(take), leave: new Set(leave) },
  });
}

/** The Vault that the variables of its own command line name. */
function vaultOf(variable: (name: string) => string | undefined): VaultSource | Pick<Issue, "problem" | "fix"> {
  const [address = "", token = ""] = [variable("VAULT_ADDR"), variable("VAULT_TOKEN")];
  const fix = 'export VAULT_ADDR=<URL of Vault> VAULT_TOKEN="$(vault print token)"';
  if (address === "") return { problem: "VAULT_ADDR is not set", fix };
  if (!URL.canParse(address)) return { problem: "VAULT_ADDR is no URL", fix };
  if (token === "") return { problem: "VAULT_TOKEN is not set", fix };
  const caFile = variable("VAULT_CACERT");
  const read = vaultReads({ address, token, ...(caFile === undefined ? {} : { caFile }) });
  return { address: address.replace(/\/+$/, ""), namespace: variable("VAULT_NAMESPACE") ?? "", read };
}

/** Plans a migration of sources into an environment of this project. */
export async function planNamed(sources: readonly string[], options: PlanOptions): Promise<MigrationPlan> {
  return planOf(await readNamed(sources, options), options);
}

/** Plans a migration of what sources hold. */
export async function planOf(reading: Reading, options: PlanOptions): Promise<MigrationPlan> {
  const { root, to, namespace, cluster, store } = options;
  const { stack: environment } = await stackOf({ root, target: undefined, chosen: options.stack });
  const facts = await factsOf(root, environment);
  const target = to === undefined ? undefined : secretNamed(to);
  return planMigration({
    environment,
    reading,
    catalogue,
    facts,
    ...(target === undefined ? {} : { to: target }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(store === undefined ? {} : { store }),
  });
}

async function factsOf(root: string, environment: string): Promise<PlanFacts> {
  const { project, plain } = await readStackFile(root, environment);
  const read = (key: string): unknown => JSON.parse(plain[`${project}:${key}`] ?? "{}");
  return { stores: read("stores"), clusters: read("clusters"), namespaces: read("namespaces") } as PlanFacts;
}

function secretNamed(text: string): { readonly namespace: string; readonly name: string } {
  const [namespace = "", name = "", ...others] = text.split("/");
  if (namespace !== "" && name !== "" && others.length === 0) return { namespace, name };
  throw new ExpectedError(`--to: names no Secret\n    fix: write --to <namespace>/<Secret>`);
}
