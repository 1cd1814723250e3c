import { z } from "zod";
import type { GcpSecretManagerSpec } from "../../components/stores/gcp-secret-manager.ts";
import type { Policy } from "../environment.ts";
import { gcpProject, gcpProjectNumber, layout, tags } from "./common.ts";

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
  project: gcpProject,
  projectNumber: gcpProjectNumber,
  layout: layout.default("bundle"),
  locations: z
    .array(
      z.strictObject({
        location: z.string().regex(/^[a-z]+-[a-z]+\d+$/, "must be a region, such as europe-west3"),
        kmsKeyName: keyName.optional(),
      }),
    )
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
