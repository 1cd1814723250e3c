import { z } from "zod";
import type { VaultKvSpec } from "../../components/stores/vault-kv.ts";
import { path, pem, url } from "./common.ts";

/** Facts of a store of kind `vault-kv`. */
export const vaultKvFacts = z.strictObject({
  kind: z.literal("vault-kv"),
  address: url,
  clusterAddress: url.optional(),
  mount: path.default("secret"),
  namespace: path.optional(),
  caBundle: pem.optional(),
  maxVersions: z.int().min(2, "must be at least 2, so that the value before a rotation stays readable").default(10),
  auth: z
    .strictObject({
      mountPath: path.default("kubernetes"),
      mountPaths: z.record(z.string(), path).default({}),
      audience: z.string().min(1).default("vault"),
    })
    .prefault({}),
});

export function vaultKvSpec(name: string, facts: z.output<typeof vaultKvFacts>): VaultKvSpec {
  const { namespace, caBundle, clusterAddress, ...rest } = facts;
  return {
    ...rest,
    name,
    clusterAddress: clusterAddress ?? facts.address,
    ...(namespace === undefined ? {} : { namespace }),
    ...(caBundle === undefined ? {} : { caBundle }),
  };
}
