import { z } from "zod";
import type { GcpSecretManagerSpec } from "../../components/stores/gcp-secret-manager.ts";
import type { Policy } from "../environment.ts";
import { layout, tags } from "./common.ts";

const keyName = z
  .string()
  .regex(
    /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
    "must be the name of a Cloud KMS key (projects/<project>/locations/<location>/keyRings/<ring>/cryptoKeys/<key>)",
  );
const identityProvider = z
  .string()
  .regex(
    /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/]+\/providers\/[^/]+$/,
    "must be a workload identity provider (projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>)",
  );

/** Facts of a store of kind `gcp-secret-manager`. */
export const gcpSecretManagerFacts = z.strictObject({
  kind: z.literal("gcp-secret-manager"),
  project: z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "must be the id of a project"),
  projectNumber: z.preprocess(
    (value) => (typeof value === "number" ? String(value) : value),
    z.string().regex(/^[1-9]\d{5,}$/, "must be the number of the project"),
  ),
  layout: layout.default("bundle"),
  locations: z
    .array(z.strictObject({ location: z.string().regex(/^[a-z]+-[a-z]+\d+$/), kmsKeyName: keyName.optional() }))
    .default([]),
  kmsKeyName: keyName.optional(),
  topics: z.array(z.string().regex(/^projects\/[^/]+\/topics\/[^/]+$/, "must be a topic of Pub/Sub")).default([]),
  identityProviders: z.record(z.string(), identityProvider).default({}),
  linkedAccounts: z.boolean().default(false),
  labels: tags,
});

export function gcpSecretManagerSpec(
  name: string,
  facts: z.output<typeof gcpSecretManagerFacts>,
  policy: Policy,
): GcpSecretManagerSpec {
  const { locations, kmsKeyName, ...rest } = facts;
  return {
    ...rest,
    name,
    locations: locations.map(({ location, kmsKeyName: key }) => ({
      location,
      ...(key === undefined ? {} : { kmsKeyName: key }),
    })),
    ...(kmsKeyName === undefined ? {} : { kmsKeyName }),
    versionDestroyDays: policy.recoveryDays,
  };
}
