import type { V1Job, V1JobSpec, V1Secret } from "@kubernetes/client-node";
import { shortDigest } from "../../support/digest.ts";
import type { JobSpec } from "./spec.ts";

/** Where a Job finds the values, each in a file of its name. */
export const valuesFolder = "/run/rotation";

/** The values of one Job, by the names of their files. */
export interface JobValues {
  readonly username: string;
  readonly password: string;
  readonly previousPassword?: string;
  readonly administrator?: string;
  readonly administratorPassword?: string;
}

/** What says that an object is this program's. */
const marks = { "app.kubernetes.io/managed-by": "multicloud-secrets" } as const;

/** Label with the name of the target among facts. */
export const targetLabel = "multicloud-secrets/target";

/**
 * The name of the Job that tells one value, and of its Secret: a run that goes on where another was killed finds it by its name. At
 * most 63 characters, since the name becomes a label of Pods.
 *
 * @param attempt tells values apart, and holds none.
 */
export function jobName({ name, of }: Pick<JobSpec, "name" | "of">, attempt: string): string {
  return `${of === "probes" ? "verify" : "rotate"}-${name.slice(0, 40)}-${shortDigest([name, attempt], 10)}`;
}

/** Annotation that tells Jobs apart that run something else. */
const templateAnnotation = "multicloud-secrets/template";

/** What a Job runs, as a digest. */
export function templateOf({ metadata }: Pick<V1Job, "metadata">): string | undefined {
  return metadata?.annotations?.[templateAnnotation];
}

/** The Job, suspended: its Secret is made once there is a Job to own it, and no Pod starts before. Pure. */
export function jobOf(spec: JobSpec, name: string): V1Job {
  const { namespace, image, command, env, serviceAccountName, imagePullSecrets, nodeSelector, runAsUser } = spec;
  const labels = { ...marks, [targetLabel]: spec.name };
  const volumes = [
    // Group and not world: files of a Secret belong to root and to the group of the Pod.
    { name: "values", secret: { secretName: name, defaultMode: 0o440 } },
    { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
  ];
  const jobSpec: V1JobSpec = {
    suspend: true,
    backoffLimit: 2,
    activeDeadlineSeconds: spec.deadlineSeconds,
    // One that failed stays for its logs.
    ttlSecondsAfterFinished: 3600,
    template: {
      metadata: { labels },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: serviceAccountName !== undefined,
        ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
        ...(imagePullSecrets.length === 0
          ? {}
          : { imagePullSecrets: imagePullSecrets.map((each) => ({ name: each })) }),
        ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...nodeSelector } }),
        // What the profile `restricted` of Pod Security Standards asks for.
        securityContext: {
          runAsNonRoot: true,
          runAsUser,
          runAsGroup: runAsUser,
          fsGroup: runAsUser,
          seccompProfile: { type: "RuntimeDefault" },
        },
        volumes,
        containers: [
          {
            name: "rotate",
            image,
            command: [...command],
            env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
            volumeMounts: [
              { name: "values", mountPath: valuesFolder, readOnly: true },
              { name: "tmp", mountPath: "/tmp" },
            ],
            resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { namespace, name, labels, annotations: { [templateAnnotation]: shortDigest([jobSpec], 10) } },
    spec: jobSpec,
  };
}

/** The Secret with the values, which goes with its Job. Pure. */
export function secretOf({ name: target, namespace }: JobSpec, job: OwningJob, values: JobValues): V1Secret {
  const { name, uid } = job;
  const files = Object.entries({ ...values }).flatMap(([file, value]): readonly (readonly [string, string])[] =>
    typeof value === "string" ? [[file, value]] : [],
  );
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    immutable: true,
    metadata: {
      namespace,
      name,
      labels: { ...marks, [targetLabel]: target },
      ownerReferences: [
        { apiVersion: "batch/v1", kind: "Job", name, uid, controller: true, blockOwnerDeletion: false },
      ],
    },
    stringData: Object.fromEntries(files),
  };
}

/** A Job that the API server has. */
export interface OwningJob {
  readonly name: string;
  readonly uid: string;
}
