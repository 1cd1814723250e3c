import { NotInStandIn } from "../../support/errors.ts";
import { isJsonMap, type Json, type JsonMap, type PropertyMap, textOf } from "../../support/values.ts";
import { matchJsonPath, parseJsonPath } from "./jsonpath.ts";
import { annotation, ANNOTATION, jsonMetadata } from "../manifest.ts";

/** How far an object is. */
export interface Progress {
  readonly ready: boolean;
  /** What is missing, in the object's own words where it has some. */
  readonly message: string;
  /** How the official plugin says the message. Default: a note. */
  readonly severity?: "warning";
  /** It will never become ready. */
  readonly failed?: boolean;
}

/** Looks at an object and says how far it is. */
export type ReadyCheck = (object: JsonMap) => Progress;

/** What to wait for after a write, and how a timeout is worded. */
export interface Readiness {
  readonly check: ReadyCheck;
  /** The program asked for it, so the error is the plain one of the Kubernetes libraries. */
  readonly custom: boolean;
}

const READY: Progress = { ready: true, message: "" };
const TRUE = "True";

/** What to wait for; `undefined` for nothing. The program's annotations win over what the kind would have. */
export function readinessOf(inputs: PropertyMap, apiVersion: string, kind: string): Readiness | undefined {
  if (annotation(inputs, ANNOTATION.skipAwait) === "true") return undefined;
  const expression = annotation(inputs, ANNOTATION.waitFor);
  if (expression !== undefined) return { check: waitFor(expression), custom: true };
  const key = `${apiVersion}/${kind}`;
  if (UNSUPPORTED.has(key)) {
    throw new NotInStandIn(
      "kubernetes",
      `Waiting for ${kind} (set the annotation ${ANNOTATION.skipAwait} to do without)`,
    );
  }
  const check = BY_KIND[key];
  return check === undefined ? undefined : { check, custom: false };
}

// The official plugin waits for these in ways that need a cloud: load balancers, volumes, the legacy controllers.
const UNSUPPORTED = new Set([
  "networking.k8s.io/v1/Ingress",
  "v1/PersistentVolume",
  "v1/PersistentVolumeClaim",
  "v1/ReplicationController",
]);

const BY_KIND: Readonly<Record<string, ReadyCheck>> = {
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1/DaemonSet": daemonSet,
  "batch/v1/Job": job,
  "v1/Pod": pod,
};

/** One condition or a JSON list of them, of the forms `condition=Type[=Status]` and `jsonpath={.path}[=value]`. */
export function waitFor(expression: string): ReadyCheck {
  const checks = expressionsOf(expression).map(oneOf);
  if (checks.length === 0) throw new Error("at least one condition must be specified");
  return (object) => checks.map((check) => check(object)).find(({ ready }) => !ready) ?? READY;
}

function expressionsOf(expression: string): readonly string[] {
  if (!expression.trimStart().startsWith("[")) return [expression];
  try {
    const parsed = JSON.parse(expression) as unknown;
    if (Array.isArray(parsed) && parsed.every((item) => typeof item === "string")) return parsed;
  } catch {
    // Not a list after all: it is read as one condition, whose error says what is expected.
  }
  return [expression];
}

function oneOf(expression: string): ReadyCheck {
  if (expression.startsWith("jsonpath=")) {
    const condition = parseJsonPath(expression);
    return (object) => {
      const { matched, found } = matchJsonPath(condition, object);
      return {
        ready: matched,
        message: `Waiting for ${condition.text}${found === undefined ? "" : ` (found "${found}")`}`,
      };
    };
  }
  if (expression.startsWith("condition=")) {
    const [type = "", status = TRUE] = expression.slice("condition=".length).split("=", 2);
    return (object) => conditionProgress(object, type, status);
  }
  throw new Error(`expected a "jsonpath=" or "condition=" prefix, got "${expression}"`);
}

/** pulumi-kubernetes, provider/pkg/await/condition/condition.go: checkCondition. */
function conditionProgress(object: JsonMap, type: string, status: string): Progress {
  if (!Array.isArray(statusOf(object)["conditions"]))
    return { ready: false, message: "Has no .status.conditions", severity: "warning" };
  const condition = conditionOf(object, type);
  if (condition?.["status"] === status) return READY;
  return { ready: false, message: `Waiting for condition ${type}=${status}${worded(condition)}` };
}

function deployment(object: JsonMap): Progress {
  const status = statusOf(object);
  const wanted = replicasOf(object);
  const progressing = conditionOf(object, "Progressing");
  if (!isObserved(object)) return waiting("waiting for the Deployment controller");
  if (progressing?.["status"] === "False") return waiting(worded(progressing).slice(2));
  const updated = count(status, "updatedReplicas");
  const available = count(status, "availableReplicas");
  const complete = updated >= wanted && available >= wanted && count(status, "replicas") === updated;
  if (complete && conditionOf(object, "Available")?.["status"] === TRUE) return READY;
  return waiting(`waiting for app ReplicaSet to be available (${available}/${wanted} Pods available)`);
}

function statefulSet(object: JsonMap): Progress {
  const status = statusOf(object);
  const wanted = replicasOf(object);
  if (!isObserved(object)) return waiting("waiting for the StatefulSet controller");
  const ready = count(status, "readyReplicas");
  const current = status["updateRevision"] === undefined || status["currentRevision"] === status["updateRevision"];
  if (ready >= wanted && current) return READY;
  return waiting(`waiting for StatefulSet update to roll out (${ready}/${wanted} Pods ready)`);
}

function daemonSet(object: JsonMap): Progress {
  const status = statusOf(object);
  if (!isObserved(object)) return waiting("waiting for the DaemonSet controller");
  const wanted = count(status, "desiredNumberScheduled");
  const available = count(status, "numberAvailable");
  if (count(status, "updatedNumberScheduled") >= wanted && available >= wanted) return READY;
  return waiting(`waiting for DaemonSet to roll out (${available}/${wanted} Pods available)`);
}

function job(object: JsonMap): Progress {
  const failed = conditionOf(object, "Failed");
  if (failed?.["status"] === TRUE) return { ready: false, failed: true, message: `Job failed${worded(failed)}` };
  if (conditionOf(object, "Complete")?.["status"] === TRUE) return READY;
  return waiting("waiting for Job to complete");
}

function pod(object: JsonMap): Progress {
  const phase = statusOf(object)["phase"];
  if (phase === "Succeeded") return READY;
  if (phase === "Failed")
    return { ready: false, failed: true, message: `Pod failed: ${textOf(statusOf(object)["message"])}` };
  const ready = conditionOf(object, "Ready");
  if (ready?.["status"] === TRUE) return READY;
  return waiting(`waiting for Pod to be ready (${textOf(phase, "no phase yet")})${worded(ready)}`);
}

function waiting(message: string): Progress {
  return { ready: false, message };
}

function isObserved(object: JsonMap): boolean {
  const generation = Number(jsonMetadata(object)["generation"] ?? 0);
  return Number(statusOf(object)["observedGeneration"] ?? -1) >= generation;
}

function replicasOf(object: JsonMap): number {
  const spec = object["spec"];
  return isJsonMap(spec) ? Number(spec["replicas"] ?? 1) : 1;
}

function count(status: JsonMap, key: string): number {
  return Number(status[key] ?? 0);
}

function statusOf(object: JsonMap): JsonMap {
  const status = object["status"];
  return isJsonMap(status) ? status : {};
}

function conditionOf(object: JsonMap, type: string): JsonMap | undefined {
  const conditions: Json | undefined = statusOf(object)["conditions"];
  if (!Array.isArray(conditions)) return undefined;
  return conditions.filter(isJsonMap).find((condition) => condition["type"] === type);
}

function worded(condition: JsonMap | undefined): string {
  const words = [textOf(condition?.["reason"]), textOf(condition?.["message"])].filter((word) => word !== "");
  return words.length === 0 ? "" : `: ${words.join(": ")}`;
}
