import type { SecretArgs } from "@pulumi/gcp/secretmanager/secret.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { PutArgs } from "../session.ts";
import { legalLabels } from "./labels.ts";
import { replicationOf } from "./replication.ts";
import type { GcpSecretManagerSpec } from "./secret-manager.ts";

const daySeconds = 24 * 60 * 60;

/** What a secret is made with. Its values are versions, which are resources of their own. */
export function secretArgs(
  spec: GcpSecretManagerSpec,
  { object, owner, rotateBy, retain }: Pick<PutArgs, "object" | "owner" | "rotateBy" | "retain">,
): SecretArgs {
  const due = rotateBy === undefined ? {} : { "rotate-by": rotateBy };
  return {
    project: spec.project,
    secretId: object.name,
    replication: replicationOf(spec),
    labels: { ...spec.labels, ...legalLabels({ ...owner, ...due }) },
    // Where secrets outlive `destroy`, nobody deletes one by accident either.
    deletionProtection: retain,
    // Google requires at least 24 hours; without it a version is destroyed immediately.
    ...(spec.versionDestroyDays === 0 ? {} : { versionDestroyTtl: `${spec.versionDestroyDays * daySeconds}s` }),
    ...(spec.topics.length === 0 ? {} : { topics: spec.topics.map((name) => ({ name })) }),
    // Google refuses a rotation time without a topic to notify.
    ...(spec.topics.length === 0 || rotateBy === undefined
      ? {}
      : { rotation: { nextRotationTime: `${rotateBy}T00:00:00Z` } }),
  };
}

/**
 * How a secret that exists is adopted: it is imported, since creating it again is refused (409). An import fails where
 * inputs differ from what is there, so everything that may differ is left as it is in this one run and set in the next.
 */
export function adoptionOptions({ project }: GcpSecretManagerSpec, secretId: string): CustomResourceOptions {
  return { import: `projects/${project}/secrets/${secretId}`, ignoreChanges: mutable };
}

/** Inputs that can change without another secret. The aliases of versions are the operators' own at all times. */
const mutable = [
  "annotations",
  "deletionPolicy",
  "deletionProtection",
  "expireTime",
  "labels",
  "rotation",
  "tags",
  "topics",
  "ttl",
  "versionAliases",
  "versionDestroyTtl",
];
