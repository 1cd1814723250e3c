import { z } from "zod";
import type { StoreKind, StoreSpec } from "../../components/stores/contract.ts";
import type { Policy } from "../environment.ts";
import { awsParameterStoreFacts, awsParameterStoreSpec, awsSecretsManagerFacts, awsSecretsManagerSpec } from "./aws.ts";
import { azureKeyVaultFacts, azureKeyVaultSpec } from "./azure.ts";
import { gcpSecretManagerFacts, gcpSecretManagerSpec } from "./gcp.ts";
import { vaultKvFacts, vaultKvSpec } from "./vault-kv.ts";

const kubernetesFacts = z.strictObject({ kind: z.literal("kubernetes") });

/** Facts of a store, by its kind. */
export const storeFacts = z.discriminatedUnion("kind", [
  awsParameterStoreFacts,
  awsSecretsManagerFacts,
  azureKeyVaultFacts,
  gcpSecretManagerFacts,
  vaultKvFacts,
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
  const make = specs[facts.kind] as unknown as (name: string, facts: StoreFacts, policy: Policy) => StoreSpec;
  return make(name, facts, policy);
}
