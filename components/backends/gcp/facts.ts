import { z } from "zod";
import { gcpProject, gcpProjectNumber, name, tags } from "../../support/facts.ts";
import { issuerFact } from "../../support/issuer.ts";
import type { StoreChoices } from "../backend.ts";
import { layout, values, writeOnly } from "../facts.ts";
import type { GcpIdentityPool, GcpSecretManagerSpec } from "./secret-manager.ts";

const keyName = z
  .string()
  .regex(
    /^projects\/[a-z0-9.:-]+\/locations\/[a-z0-9-]+\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63}$/,
    "must be the name of a Cloud KMS key (projects/<project>/locations/<location>/keyRings/<ring>/cryptoKeys/<key>)",
  );
const identityProvider = z
  .string()
  .regex(
    /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]{4,32}\/providers\/[a-z0-9-]{4,32}$/,
    "must be a workload identity provider (projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>)",
  );

/** Public keys of a cluster, as `kubectl get --raw /openid/v1/jwks` prints them. */
const jwks = z.string().refine(isKeySet, "must be a JSON Web Key Set: kubectl get --raw /openid/v1/jwks");

function isKeySet(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { readonly keys?: unknown };
    return Array.isArray(keys) && keys.length > 0;
  } catch {
    return false;
  }
}

/** A pool that is made here, for one cluster. */
const identityPool = z.strictObject({
  id: z
    .string()
    .regex(/^(?!gcp-)[a-z0-9-]{4,32}$/, 'must be 4 to 32 lowercase letters, digits or "-", not beginning with gcp-'),
  issuer: issuerFact,
  jwks: jwks.optional(),
});

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
  topics: z
    .array(
      z
        .string()
        .regex(
          /^projects\/[a-z0-9.:-]+\/topics\/[A-Za-z][\w.~+%-]{2,254}$/,
          "must be a topic of Pub/Sub (projects/<project>/topics/<topic>)",
        ),
    )
    .default([]),
  identityProviders: z.record(z.string(), identityProvider).default({}),
  identityPools: z.record(name, identityPool).default({}),
  linkedAccounts: z.boolean().default(false),
  auditLogs: z.enum(["create", "existing"]).optional(),
  labels: tags,
  values,
});

export function gcpSecretManagerSpec(
  storeName: string,
  facts: z.output<typeof gcpSecretManagerFacts>,
  { recoveryDays }: StoreChoices,
): GcpSecretManagerSpec {
  const { locations, kmsKeyName, identityPools, auditLogs, values: mode, ...rest } = facts;
  return {
    ...rest,
    name: storeName,
    locations: locations.map(({ location, kmsKeyName: key }) => ({
      location,
      ...(key === undefined ? {} : { kmsKeyName: key }),
    })),
    ...(kmsKeyName === undefined ? {} : { kmsKeyName }),
    ...(auditLogs === undefined ? {} : { auditLogs }),
    identityPools: Object.fromEntries(Object.entries(identityPools).map(([cluster, pool]) => [cluster, poolOf(pool)])),
    versionDestroyDays: recoveryDays,
    ...writeOnly(mode),
  };
}

function poolOf({ id, issuer, jwks: keys }: z.output<typeof identityPool>): GcpIdentityPool {
  return { id, issuer, ...(keys === undefined ? {} : { jwks: keys }) };
}
