import { isRecord } from "../../../components/support/is-record.ts";
import type { Use } from "../model.ts";
import { textAt, type YamlDocument } from "./yaml.ts";

const workloads: ReadonlySet<string> = new Set(
  "Deployment StatefulSet DaemonSet ReplicaSet Job CronJob Pod Rollout".split(" "),
);

/** Which Secrets a workload reads: as environment, as volumes, or to pull its images. Pure. */
export function usesOf({ data }: YamlDocument): readonly Use[] {
  const kind = textAt(data, "kind") ?? "";
  const name = textAt(data, "metadata", "name");
  if (!workloads.has(kind) || name === undefined) return [];
  const namespace = textAt(data, "metadata", "namespace");
  const names = new Set(secretNamesIn(data));
  return [...names].map((secretName) => ({
    workload: `${kind}/${name}`,
    ...(namespace === undefined ? {} : { namespace }),
    secretName,
  }));
}

function secretNamesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(secretNamesIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    switch (key) {
      case "secretKeyRef":
      case "secretRef":
        return textAt(part, "name") ?? [];
      case "secret":
        return textAt(part, "secretName") ?? textAt(part, "name") ?? [];
      case "imagePullSecrets":
        return Array.isArray(part) ? part.flatMap((each) => textAt(each, "name") ?? []) : [];
      default:
        return secretNamesIn(part);
    }
  });
}
