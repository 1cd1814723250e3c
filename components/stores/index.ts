import type { Issue } from "../support/errors.ts";
import type { SecretAddress } from "../support/naming.ts";
import type {
  BuiltStoreKind,
  OpenArgs,
  StoreBackend,
  StoreCandidate,
  StoreRules,
  StoreSession,
  StoreSpec,
} from "./contract.ts";
import { kubernetesRules } from "./kubernetes.ts";
import { vaultKvRules } from "./vault-kv.ts";

interface StoreModule<S extends StoreSpec> {
  readonly rules: StoreRules<S>;
  /** Loads the backend with its provider's SDK, which is what makes a Pulumi program slow to start. */
  readonly load: () => Promise<{ readonly backend: StoreBackend<S> }>;
}

type SpecOf<K extends BuiltStoreKind> = Extract<StoreSpec, { kind: K }>;

/** One row per kind; a kind without its row does not compile. */
const modules: { readonly [K in BuiltStoreKind]: StoreModule<SpecOf<K>> } = {
  "vault-kv": { rules: vaultKvRules, load: () => import("./vault-kv-backend.ts") },
  kubernetes: { rules: kubernetesRules, load: () => import("./kubernetes-backend.ts") },
};

/** Kinds that have a backend. */
export const builtStoreKinds = Object.keys(modules) as readonly BuiltStoreKind[];

// A spec always meets the module of its own kind; TypeScript can't follow that through the table's mapped type.
function moduleOf<S extends StoreSpec>(spec: S): StoreModule<S> {
  return modules[spec.kind] as unknown as StoreModule<S>;
}

/** Name under which a store keeps a secret. Pure. */
export function remoteNameOf(spec: StoreSpec, address: SecretAddress): string {
  return moduleOf(spec).rules.remoteName(spec, address);
}

/** What a store would refuse about a secret. Pure; runs while the configuration is parsed. */
export function checkCandidate(spec: StoreSpec, candidate: StoreCandidate): readonly Issue[] {
  return moduleOf(spec).rules.check(spec, candidate);
}

/** Opens a store: loads its backend and registers its provider. */
export async function openStore<S extends StoreSpec>(args: OpenArgs<S>): Promise<StoreSession> {
  const { backend } = await moduleOf(args.spec).load();
  return backend.open(args);
}
