import { z } from "zod";
import type { StoreKind, StoreSpec } from "../../../components/backends/contract.ts";
import { isRemote } from "../../../components/backends/index.ts";
import type { Policy } from "../../environments/policy.ts";
import { awsParameterStoreFacts, awsParameterStoreSpec, awsSecretsManagerFacts, awsSecretsManagerSpec } from "./aws.ts";
import { azureKeyVaultFacts, azureKeyVaultSpec } from "./azure.ts";
import { gcpSecretManagerFacts, gcpSecretManagerSpec } from "./gcp.ts";
import { valuesInState } from "./common.ts";
import { vaultKvFacts, vaultKvSpec } from "./vault-kv.ts";

const kubernetesFacts = z.strictObject({
  kind: z.literal("kubernetes"),
  values: valuesInState("Secrets are written directly, and Pulumi's provider for Kubernetes has no write-only fields"),
});

/** What every remote store takes. */
const reading = { staticCredentials: z.boolean().default(false) };

/** Facts of a store, by its kind. */
export const storeFacts = z.discriminatedUnion("kind", [
  awsParameterStoreFacts.extend(reading),
  awsSecretsManagerFacts.extend(reading),
  azureKeyVaultFacts.extend(reading),
  gcpSecretManagerFacts.extend(reading),
  vaultKvFacts.extend(reading),
  kubernetesFacts,
]);
export type StoreFacts = z.output<typeof storeFacts>;

/** How facts of a kind, and the environment's policy, make a spec. A kind without its row does not compile. */
const specs: {
  readonly [K in StoreKind]: (name: string, facts: Extract<StoreFacts, { kind: K }>, policy: Policy) => StoreSpec;
} = {
  "aws-parameter-store": awsParameterStoreSpec,
  "aws-secrets-manager": awsSecretsManagerSpec,
  "azure-key-vault": azureKeyVaultSpec,
  "gcp-secret-manager": gcpSecretManagerSpec,
  "vault-kv": vaultKvSpec,
  kubernetes: (name) => ({ kind: "kubernetes", name }),
};

/** The spec of a store. */
export function storeSpecOf(name: string, facts: StoreFacts, policy: Policy): StoreSpec {
  const make = specs[facts.kind] as unknown as (name: string, facts: object, policy: Policy) => StoreSpec;
  if (facts.kind === "kubernetes") return make(name, facts, policy);
  const { staticCredentials, ...own } = facts;
  const spec = make(name, own, policy);
  return staticCredentials && isRemote(spec) ? { ...spec, staticCredentials } : spec;
}
