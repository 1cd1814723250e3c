import { z } from "zod";
import type { StoreChoices, StoreFactsSchema } from "../../../components/backends/backend.ts";
import type { RetrySettings, StoreQuota } from "../../../components/backends/contract.ts";
import { valuesInState } from "../../../components/backends/facts.ts";
import { refreshFacts } from "./refresh.ts";
import { backendOf, backends, type RemoteStoreKind, type RemoteStoreSpec } from "../../../components/backends/index.ts";
import { referenceFacts, referencesOf } from "./references.ts";

/** The form that `via: plain` had before: no store, but the name that namespaces use for none. */
const kubernetesFacts = z.strictObject({
  kind: z.literal("kubernetes"),
  values: valuesInState("Secrets are written directly, and Pulumi's provider for Kubernetes has no write-only fields"),
});

const perSecond = z.int().min(1).max(1_000_000).optional();
/** What a vendor raised an account's quota to: the planner reckons with it instead of the usual one. */
const quota = z.strictObject({ readsPerSecond: perSecond, writesPerSecond: perSecond });

/** How the operator repeats requests that fail; without a number it would repeat none in a Vault, and in AWS some. */
const retrySettings = z.strictObject({
  maxRetries: z.int().min(0).max(20),
  intervalSeconds: z.int().min(1).max(60).optional(),
});

/** Exact names of objects, by `<app>/<secret>` or `<app>/<secret>/<key>`: what is legal is the store's to say. */
const remoteNames = z.record(z.string(), z.string().min(1, "must be the name of an object, and is empty")).default({});

/** How objects are named that have no exact name. What a scheme must hold depends on the layout. */
const nameScheme = z.string().min(1, "must be a scheme of names, and is empty").max(500).optional();

const remoteFacts = Object.values(backends).map(({ facts }) => readable(facts));

/** What every remote store has on top. */
function readable(facts: StoreFactsSchema<RemoteStoreKind>) {
  return facts.extend({
    staticCredentials: z.boolean().default(false),
    quota: quota.optional(),
    retrySettings: retrySettings.optional(),
    remoteNames,
    nameScheme,
    references: referenceFacts,
    ...refreshFacts,
  });
}

type Option = (typeof remoteFacts)[number] | typeof kubernetesFacts;
const options: Option[] = [...remoteFacts, kubernetesFacts];

/** Facts of a store, by its kind. */
export const storeFacts = z.discriminatedUnion("kind", options as [Option, ...Option[]]);
export type StoreFacts = z.output<typeof storeFacts>;

/** The spec of a store; none of kind `kubernetes`, which is read as `via: plain` of the namespaces that name it. */
export function storeSpecOf(name: string, facts: StoreFacts, choices: StoreChoices): RemoteStoreSpec | undefined {
  if (facts.kind === "kubernetes") return undefined;
  // When a store is read is a matter of its deliveries (`resolve/refresh.ts`).
  const {
    staticCredentials,
    quota: raised,
    retrySettings: retries,
    remoteNames: chosen,
    nameScheme: scheme,
    references,
    refreshSeconds: _,
    refreshPolicy: __,
    ...own
  } = facts;
  const spec = backendOf({ kind: facts.kind }).spec(name, own, choices);
  return {
    ...spec,
    ...(staticCredentials ? { staticCredentials } : {}),
    ...(raised === undefined ? {} : { quota: quotaOf(raised) }),
    ...(retries === undefined ? {} : { retrySettings: retriesOf(retries) }),
    ...(Object.keys(chosen).length === 0 ? {} : { remoteNames: chosen }),
    ...(scheme === undefined ? {} : { nameScheme: scheme }),
    ...referencesOf(facts.kind, references),
  };
}

function retriesOf({ maxRetries, intervalSeconds }: z.output<typeof retrySettings>): RetrySettings {
  return { maxRetries, ...(intervalSeconds === undefined ? {} : { intervalSeconds }) };
}

function quotaOf({ readsPerSecond, writesPerSecond }: z.output<typeof quota>): StoreQuota {
  return {
    ...(readsPerSecond === undefined ? {} : { readsPerSecond }),
    ...(writesPerSecond === undefined ? {} : { writesPerSecond }),
  };
}
