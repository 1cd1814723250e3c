import { z } from "zod";
import { layouts } from "../../components/backends/remote-object.ts";
import { vias } from "../../components/delivery/contract.ts";
import { costOutput, costSchema } from "../../stacks/plan/index.ts";

/**
 * The report as data: names, dates and amounts, never values. A breaking change needs a new `schemaVersion`.
 * `docs/report.schema.json` is generated from it.
 */
export const rotationStates = ["overdue", "due-soon", "scheduled", "unscheduled", "by-store", "unknown"] as const;

const rotationSchema = z.strictObject({
  state: z
    .enum(rotationStates)
    .describe(
      "`due-soon`: within 30 days; `unscheduled`: the catalogue gives it no `rotateEveryDays`; `by-store`: the store rotates or renews it by itself, so that no date is due; `unknown`: a cluster generates it, and rotates it without notice",
    ),
  rotatedAt: z.iso
    .datetime()
    .optional()
    .describe(
      "Time of the last rotation, or of the environment's creation where there was none; absent where it is unknown",
    ),
  everRotated: z.boolean().describe("Whether `rotatedAt` is the time of a rotation"),
  ageDays: z.int().optional().describe("Days since `rotatedAt`"),
  everyDays: z.int().optional().describe("Cadence: `rotateEveryDays` of the catalogue"),
  dueOn: z.iso.date().optional().describe("Date by which the next rotation is due"),
  dueInDays: z.int().optional().describe("Days until then; negative where it is overdue"),
  fix: z.string().optional().describe("What to do; present where it is overdue and `asOf` is not a day to come"),
});

const nativeRotationSchema = z.strictObject({
  by: z
    .string()
    .optional()
    .describe("Who rotates it: `AWS`, or a service of AWS that owns it; absent where `unknown` says why"),
  everyDays: z.int().optional().describe("Days from one rotation to the next"),
  schedule: z.string().optional().describe("The same in the store's own words"),
  lastAt: z.iso.datetime().optional(),
  nextOn: z.iso.date().optional().describe("Day by which the next one is due"),
  unknown: z.string().optional().describe("Why the store did not tell"),
});

const previousSchema = z.strictObject({
  key: z.string().describe("Key that has the value from before the last rotation"),
  of: z.string().describe("Key whose value that was"),
  until: z.iso.date().describe("Last day on which it is valid"),
  state: z
    .enum(["valid", "over"])
    .describe("`over`: its time has ended, or it is retired; the first run after that removes it"),
});

const issuedSchema = z.strictObject({
  kind: z
    .enum(["dynamic", "static"])
    .describe("`dynamic`: new credentials at each read; `static`: one account, whose password the store rotates"),
  mount: z.string().describe("Where the engine that issues is mounted"),
  role: z.string().describe("Role of the engine"),
  validSeconds: z
    .int()
    .optional()
    .describe(
      "Seconds for which credentials are valid, with --live: the lease of `dynamic`, the time between two rotations of `static` (0: by a schedule)",
    ),
  unknown: z.string().optional().describe("Why the store did not tell, with --live"),
});

const storeSchema = z.strictObject({
  store: z.string().describe("Name of the store in the facts"),
  kind: z.string(),
  layout: z
    .enum(layouts)
    .optional()
    .describe("`bundle`: one object with all keys as JSON; `per-key`: an object for each key"),
  role: z
    .enum(["written", "replica", "referenced", "generated", "issued"])
    .describe(
      "`written` by this program; `replica`: brought there by another store; `referenced`: only read, somebody else writes it; `generated`: written by the operator of a cluster; `issued`: made or looked up by the store at each read",
    ),
  objects: z.array(z.string()).describe("Names of its objects there"),
  issued: issuedSchema.optional().describe("Present where the store issues the secret"),
  nativeRotation: nativeRotationSchema
    .optional()
    .describe(
      "Present with --live, where Secrets Manager rotates an object by itself, or did not tell whether it does",
    ),
});

const identitySchema = z.strictObject({
  login: z
    .enum(["service-account", "operator", "static", "secret"])
    .describe(
      "As whom the store is read: a service account, the operator itself, credentials of the configuration, or a credential that people put into a Secret",
    ),
  account: z.string().optional().describe("<namespace>/<service account>; present for `service-account`"),
});

const lastSyncSchema = z.strictObject({
  at: z.iso.datetime().optional().describe("When the operator read the store for it last, and succeeded"),
  unknown: z.string().optional().describe("Why that is not known; present where `at` is absent"),
});

const consumerSchema = z.strictObject({
  cluster: z.string(),
  namespace: z.string(),
  secret: z.string().describe("Name of the Kubernetes Secret"),
  via: z.enum(vias).describe("How it gets there"),
  merged: z.boolean().describe("Whether the keys are merged into a Secret that somebody else owns"),
  store: z.string().optional().describe("Store that it is read from; absent for what is plain or sealed"),
  identity: identitySchema.optional().describe("Present where a store is read"),
  lastSync: lastSyncSchema
    .optional()
    .describe("Present with --live, where the operator brings the Secret (via external-secret or gitops)"),
});

const secretSchema = z.strictObject({
  id: z.string().describe("<application>/<secret>"),
  application: z.string().describe("Application of the catalogue that owns it"),
  origin: z
    .enum(["generated", "adopted", "in-cluster", "referenced", "issued"])
    .describe(
      "Who makes its values: this program; the same, but what exists was kept; a cluster's operator; somebody else; the store itself, which renews them (Vault's database secrets engine)",
    ),
  keys: z.array(z.string()).describe("Names of its keys"),
  rotation: rotationSchema,
  previous: z
    .array(previousSchema)
    .optional()
    .describe("Values from before the last rotation that stay valid for a time; absent where there are none"),
  stores: z.array(storeSchema).describe("None where it is only delivered plain or sealed"),
  consumers: z.array(consumerSchema).describe("Kubernetes Secrets that get a key of it"),
  monthlyCost: costOutput.describe("Its part of the environment's cost, in USD"),
});

export const reportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  environment: z.string(),
  stack: z.string(),
  asOf: z.iso.date().describe("Day that ages and due dates are counted from, UTC"),
  overdue: z.int().describe("How many secrets are overdue; exit code 1 where it is not 0"),
  secrets: z.array(secretSchema).describe("The one that is due first comes first; those without a date follow by name"),
  monthlyCost: costSchema.describe("Of the environment, from list prices (docs/planner.md)"),
});

/** The secrets of an environment: age, due date, stores, consumers and cost of each. */
export type Report = z.output<typeof reportSchema>;
export type ReportedSecret = Report["secrets"][number];
export type Rotation = ReportedSecret["rotation"];
export type ReportedConsumer = ReportedSecret["consumers"][number];
export type ReportedStore = ReportedSecret["stores"][number];
