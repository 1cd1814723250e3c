import { z } from "zod";
import { leftByDestroySchema } from "../stacks/outputs/left-by-destroy.ts";
import { costSchema } from "../stacks/plan/cost.ts";

/**
 * A preview as data: names, counts and amounts, never values. A breaking change needs a new `schemaVersion`.
 * `docs/preview.schema.json` is generated from it.
 */
const keySchema = z.strictObject({
  key: z.string(),
  value: z
    .enum(["generated", "derived", "fixed", "previous", "provided"])
    .describe(
      "How the value comes to be; `derived` is made of other keys, `previous` is what another key had before the last rotation, `provided` is configured by people",
    ),
  of: z.string().optional().describe("Key whose previous value it is"),
  until: z.iso
    .date()
    .optional()
    .describe(
      "Last day on which that value is valid; absent where it is the current one, because the time is over or there was no rotation",
    ),
  config: z.string().optional().describe("Configuration key of a provided value"),
});

const secretSchema = z.strictObject({
  id: z.string().describe("<app>/<secret>"),
  action: z
    .enum(["create", "adopt", "reference", "generate", "issue"])
    .describe(
      "`adopt` keeps what the store holds, `reference` only reads it, `generate` leaves it to a cluster's operator where the store holds none, `issue` has the store make or rotate it by itself",
    ),
  generatedIn: z.string().optional().describe("Cluster that generates it"),
  objects: z
    .array(z.string())
    .describe(
      "Names of the remote objects; none where Secrets are plain (kind kubernetes) or sealed (kind sealed-secret)",
    ),
  keys: z.array(keySchema),
  targets: z
    .array(z.string())
    .optional()
    .describe("Targets that a new value reaches before any store; absent where there is none"),
  rotateBy: z.iso.date().optional(),
});

const deliverySchema = z.strictObject({
  secretName: z.string().describe("Name of the Kubernetes Secret"),
  keys: z.array(z.string()).describe("Its keys that come from this application"),
  restarts: z.array(z.string()).optional().describe("Workloads that are restarted once it has new values"),
  merged: z.boolean().describe("Whether they are merged into a Secret that somebody else owns"),
  refreshSeconds: z
    .number()
    .optional()
    .describe("Interval at which its store is read, where it is not the environment's"),
  refreshPolicy: z
    .enum(["OnChange", "CreatedOnce"])
    .optional()
    .describe("Absent where its store is read at an interval. With `CreatedOnce` no rotation reaches it"),
  mounted: z.literal(true).optional().describe("Set where Pods mount them as files (via: csi)"),
});

const storeSchema = z.strictObject({
  name: z.string(),
  kind: z.string(),
  secrets: z.array(secretSchema),
  namespaces: z
    .array(z.strictObject({ cluster: z.string(), name: z.string(), secrets: z.array(deliverySchema) }))
    .describe("Namespaces that read the application's secrets in this store"),
});

const share = z.number().optional().describe("Part of the read quota; absent where the store has none");
const planSchema = z.strictObject({
  refreshSeconds: z.number().describe("Interval of the environment"),
  refresh: z
    .strictObject({
      seconds: z.strictObject({ shortest: z.number(), longest: z.number() }).optional(),
      onChange: z.number().describe("Secrets that are read only when a run changes them"),
      createdOnce: z.number().describe("Secrets that are read once"),
    })
    .optional()
    .describe("Present where some Secrets are read at other times than the environment's interval"),
  firstUpSeconds: z.number().describe("Least duration of the first `up` that the stores' write quotas allow"),
  cost: costSchema.describe("Estimate for a month"),
  stores: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      objects: z.number(),
      versions: z.number(),
      externalSecrets: z.number(),
      readsPerRefresh: z.number(),
      callsPerSecond: z.number(),
      burstCallsPerSecond: z.number(),
      callsPerMonth: z.number(),
      readQuota: z.number().optional().describe("Calls per second"),
      writeQuota: z.number().optional().describe("Calls per second"),
      readShare: share,
      burstShare: share,
      firstUpSeconds: z.number(),
    }),
  ),
  clusters: z.array(
    z.strictObject({
      name: z.string(),
      externalSecrets: z.number(),
      concurrency: z.number(),
      requestsPerSecond: z.number().describe("Of the operator to the API server"),
      clientQps: z.number(),
      share: z.number().describe("Part of `clientQps`"),
      syncsPerSecond: z.number(),
    }),
  ),
});

export const previewSchema = z.strictObject({
  schemaVersion: z.literal(1),
  environment: z.string(),
  stack: z.string(),
  applications: z.array(z.strictObject({ name: z.string(), stores: z.array(storeSchema) })),
  resources: z.strictObject({
    total: z.int(),
    byType: z.record(z.string(), z.int()).describe("Counts by the type of the resource"),
  }),
  mustBeSet: z.array(z.string()).describe("Configuration keys that hold no value yet: up would refuse"),
  optional: z.array(z.string()).describe("Configuration keys that may hold a value and do not"),
  plan: planSchema,
  leftByDestroy: leftByDestroySchema,
  warnings: z.array(z.string()),
});

/** A preview as data. */
export type Preview = z.output<typeof previewSchema>;
export type PreviewedStore = z.output<typeof storeSchema>;
export type PreviewedSecret = z.output<typeof secretSchema>;
export type PreviewedDelivery = z.output<typeof deliverySchema>;
export type PreviewedKey = z.output<typeof keySchema>;
