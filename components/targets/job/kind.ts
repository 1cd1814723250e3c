import { z } from "zod";
import { canonicalJson } from "../../support/canonical-json.ts";
import { removeCommand } from "../../support/messages/config-command.ts";
import { name as factName, namespaceName } from "../../support/facts.ts";
import { administratorSecret } from "../facts.ts";
import type { ClusterAccess, TargetKind } from "../kind.ts";
import { accountName } from "../web/facts.ts";
import type { JobSpec } from "./spec.ts";

const text = z.string().regex(/^[^\p{Cc}]+$/u, "must be a text without control characters");

/** A reference of an image: what a kubelet takes is decided by its runtime. */
const image = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}$/,
    "must be the reference of an image, such as registry.example/psql:18",
  );

const objectName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "must be the name of an object of Kubernetes");

/** Facts of a Job, whatever it is run for. */
export const jobFacts = z.strictObject({
  kind: z.literal("job"),
  cluster: factName,
  namespace: namespaceName,
  image,
  command: z.array(z.string().min(1).max(10_000)).min(1),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of a variable"), z.string().max(10_000))
    .default({}),
  serviceAccountName: objectName.optional(),
  imagePullSecrets: z.array(objectName).default([]),
  nodeSelector: z.record(z.string().min(1), text).default({}),
  runAsUser: z.int().min(1).max(2_147_483_647).default(65_534),
  deadlineSeconds: z.int().min(10).max(3600).default(300),
  administrator: accountName.optional(),
  administratorSecret: administratorSecret.optional(),
  previousPassword: z.boolean().default(false),
});

/** The spec of a Job. */
export function jobSpecOf(
  name: string,
  { cluster, serviceAccountName, administrator, ...rest }: z.output<typeof jobFacts>,
  clusters: ReadonlyMap<string, ClusterAccess>,
): JobSpec {
  return {
    ...rest,
    name,
    cluster: clusters.get(cluster) ?? { name: cluster },
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    ...(administrator === undefined ? {} : { administrator }),
  };
}

/** Any target that a Job in a cluster reaches, by a command of the environment's own. */
export const job: TargetKind<JobSpec, typeof jobFacts> = {
  facts: jobFacts,
  spec: jobSpecOf,
  place: ({ namespace, cluster }) => `namespace ${namespace} of cluster ${cluster.name}`,
  // What it reaches is known to its command alone.
  servers: ({ cluster, namespace, image, command, env }) => [
    canonicalJson({ cluster: cluster.name, namespace, image, command, env }),
  ],
  administrator: ({ administrator }) => administrator,
  withoutPrevious: ({ name, previousPassword }) =>
    previousPassword ? removeCommand(["targets", name, "previousPassword"]) : undefined,
  cluster: ({ cluster }) => cluster,
  // Files hold any text; what a command can do with it is its own affair.
  password: { characters: /^[^\0\r\n]$/u, problem: "line breaks, which a command takes for the end of a value" },
  // What it reaches, the deployer does not: its own command logs in.
  verifies: () => false,
  load: () => import("./actions.ts"),
};
