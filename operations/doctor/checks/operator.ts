import { fixFor } from "../../../components/clusters/troubles/causes.ts";
import { pendingExplanation, pendingRecord } from "../../../components/clusters/troubles/release.ts";
import { setCommand } from "../../../components/support/messages/config-command.ts";
import {
  operatorRemedies,
  operatorServiceAccount,
  releaseName,
} from "../../../components/external-secrets/operator/values.ts";
import { millisecondsOf, type PodObject, type WorkloadObject } from "../cluster-reader.ts";
import { merged, type Examined, type Finding } from "../model.ts";
import { helm, kubectl, type Asked } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";

/** Whether the External Secrets Operator is there, runs, and serves the API version that manifests are written in. */
export async function checkOperator(asked: Asked): Promise<Examined> {
  const makeAgain = await restoreCommand(asked);
  return merged([
    await checkServed(asked, makeAgain),
    await checkPrograms(asked, makeAgain),
    await checkStoredVersions(asked),
    await checkRelease(asked),
  ]);
}

/** Whether Helm is in the middle of an operation that nobody carries on with: it then refuses the next one. */
async function checkRelease(asked: Asked): Promise<Examined> {
  const { reader, cluster } = asked;
  const { install, namespace } = cluster.spec.externalSecrets;
  if (!install || cluster.spec.traits.operatorManager !== "helm") return {};
  const records = await reader.list("Secret", namespace);
  if (isRefused(records)) return unanswered("operator", `Helm's records in namespace ${namespace}`, records);
  const pending = pendingRecord(records.value, releaseName);
  if (pending === undefined) return {};
  const release = { name: releaseName, namespace, kubectl: (words: string) => kubectl(asked, words) };
  return { findings: [{ link: "operator", severity: "warning", ...pendingExplanation(pending, release) }] };
}

/**
 * What makes a lost part of the operator again: Pulumi compares a Helm release with its record and not with the cluster, so
 * where the release itself is still there, its own manifest is applied: by the server, since a client would keep a copy of
 * each definition in an annotation, for which some are too long. Helm's own annotations are not in it: without them Helm
 * neither removes what was applied nor installs where it is. In Helm's name, because Helm 4 stops at a field that another
 * manager holds with another value, if only a false that the server leaves out. `undefined` where others installed it.
 */
async function restoreCommand(asked: Asked): Promise<string | undefined> {
  const { reader, cluster } = asked;
  const { install, namespace } = cluster.spec.externalSecrets;
  if (!install) return undefined;
  const account = await reader.get("ServiceAccount", { namespace, name: operatorServiceAccount });
  const isReleased =
    cluster.spec.traits.operatorManager === "helm" && !isRefused(account) && account.value !== undefined;
  if (!isReleased) return "pulumi up --refresh";
  const owner = `meta.helm.sh/release-name=${releaseName} meta.helm.sh/release-namespace=${namespace}`;
  return [
    helm(asked, `-n ${namespace} get manifest ${releaseName}`),
    kubectl(asked, `annotate --local --overwrite -f - -o yaml ${owner}`),
    kubectl(asked, `apply -n ${namespace} --server-side --force-conflicts --field-manager=helm -f -`),
  ].join(" | ");
}

const group = "external-secrets.io";

async function checkServed(asked: Asked, makeAgain: string | undefined): Promise<Examined> {
  const { reader, cluster } = asked;
  const { name, externalSecrets } = cluster.spec;
  const versions = await reader.servedVersions(group);
  if (isRefused(versions)) return unanswered("operator", `the API versions of cluster ${name}`, versions);
  if (versions.value.includes("v1")) return { seen: [{ link: "operator", text: `${group}/v1 is served` }] };
  const others = versions.value.length === 0 ? "" : ` (it serves ${versions.value.join(", ")})`;
  return {
    findings: [
      {
        link: "operator",
        severity: "broken",
        subject: `cluster ${name}`,
        problem: `does not serve ${group}/v1${others}: the operator's custom resource definitions are missing, or too old`,
        fix:
          makeAgain !== undefined
            ? // What is of these kinds went with them.
              [...new Set([makeAgain, "pulumi up --refresh"])].join(" && ")
            : `install External Secrets Operator ${externalSecrets.version} in the cluster, or let this stack do it: ${setCommand(["clusters", name, "externalSecrets", "install"], true)} && pulumi up`,
      },
    ],
  };
}

/** The operator's programs, by the label that its chart gives their Deployments. */
const programs = ["external-secrets", "external-secrets-webhook", "external-secrets-cert-controller"] as const;
type Program = (typeof programs)[number];

async function checkPrograms(asked: Asked, makeAgain: string | undefined): Promise<Examined> {
  const { reader, cluster } = asked;
  const { namespace, webhook } = cluster.spec.externalSecrets;
  const [deployments, pods] = await Promise.all([reader.list("Deployment", namespace), reader.list("Pod", namespace)]);
  if (isRefused(deployments)) return unanswered("operator", `the Deployments of namespace ${namespace}`, deployments);
  const wanted = programs.filter((program) => webhook || program === "external-secrets");
  return merged([
    ...wanted.map((program) => {
      const deployment = deployments.value.find((each) => programOf(each) === program);
      if (deployment === undefined) return missingProgram(asked, program, makeAgain);
      return checkProgram(asked, { deployment, pods: isRefused(pods) ? [] : pods.value });
    }),
    ...(isRefused(pods) ? [unanswered("operator", `the Pods of namespace ${namespace}`, pods)] : []),
  ]);
}

function programOf({ metadata }: { readonly metadata?: WorkloadObject["metadata"] }): string | undefined {
  return metadata?.labels?.["app.kubernetes.io/name"];
}

function missingProgram({ cluster: { spec } }: Asked, program: Program, makeAgain: string | undefined): Examined {
  const { namespace, version } = spec.externalSecrets;
  return {
    findings: [
      {
        link: "operator",
        severity: "broken",
        subject: `namespace ${namespace}`,
        problem: `has no Deployment of the operator (app.kubernetes.io/name: ${program})`,
        fix:
          makeAgain ??
          `install External Secrets Operator ${version} there, or name its namespace: ${setCommand(["clusters", spec.name, "externalSecrets", "namespace"], { blank: "namespace" })}`,
      },
    ],
  };
}

/** A Deployment of the operator, and the Pods beside it. */
interface Running {
  readonly deployment: WorkloadObject;
  readonly pods: readonly PodObject[];
}

function checkProgram(asked: Asked, { deployment, pods }: Running): Examined {
  const { namespace, version, install } = asked.cluster.spec.externalSecrets;
  const { name = "" } = deployment.metadata ?? {};
  const subject = `Deployment ${namespace}/${name}`;
  const broken = (problem: string, fix: string, evidence: readonly string[] = []): Examined => ({
    findings: [{ link: "operator", severity: "broken", subject, problem, evidence, fix }],
  });
  const wanted = deployment.spec?.replicas ?? 1;
  if (wanted === 0) {
    return broken(
      "is scaled to 0: nothing is read from any store",
      kubectl(
        asked,
        `-n ${namespace} scale deployment ${name} --replicas=${asked.environment.policy.operatorReplicas}`,
      ),
    );
  }
  if ((deployment.status?.availableReplicas ?? 0) === 0) {
    const own = pods.filter((pod) => programOf(pod) === programOf(deployment));
    const { evidence, fix } = whyNotAvailable(asked, deployment, own);
    return broken("has no available Pod", fix, evidence);
  }
  const chart = /^(.+)-(\d+\.\d+\.\d+.*)$/.exec(deployment.metadata?.labels?.["helm.sh/chart"] ?? "")?.[2];
  const runs = deployment.metadata?.labels?.["app.kubernetes.io/version"];
  const other: readonly Finding[] =
    !install || chart === undefined || chart === version
      ? []
      : [
          {
            link: "operator",
            severity: "warning",
            subject,
            problem: `is of chart ${chart}, and the facts say ${version}`,
            fix: "pulumi up",
          },
        ];
  const text = `${subject} is available${runs === undefined ? "" : `: ${runs}`}`;
  return { findings: other, seen: [{ link: "operator", text }] };
}

/** Why no Pod of a Deployment is available, by what its Pods wait for. */
function whyNotAvailable(
  asked: Asked,
  deployment: WorkloadObject,
  pods: readonly PodObject[],
): { readonly evidence: readonly string[]; readonly fix: string } {
  const { name: cluster, externalSecrets } = asked.cluster.spec;
  const newest = [...pods].sort((one, other) => madeAt(other) - madeAt(one));
  const words = newest.flatMap(wordsOf);
  const evidence = words.slice(0, 3).map(({ pod, text }) => `Pod ${pod}: ${text}`);
  const place = {
    namespace: externalSecrets.namespace,
    label: `app.kubernetes.io/name=${programOf(deployment) ?? ""}`,
    kubectl: (typed: string) => kubectl(asked, typed),
    ...operatorRemedies(cluster),
  };
  if (words.length > 0)
    return {
      evidence,
      fix: fixFor(
        words.map(({ text }) => text),
        place,
      ),
    };
  const { name = "" } = deployment.metadata ?? {};
  const unready = newest.flatMap(({ metadata, status }) =>
    (status?.conditions ?? []).flatMap(({ type, status: value, message = "" }) =>
      type === "Ready" && value === "False"
        ? [`Pod ${metadata?.name ?? ""} is not Ready${message === "" ? "" : `: ${message}`}`]
        : [],
    ),
  );
  if (unready.length > 0) {
    return {
      evidence: unready.slice(0, 3),
      fix: kubectl(asked, `-n ${externalSecrets.namespace} rollout restart deployment ${name}`),
    };
  }
  const conditions = deployment.status?.conditions ?? [];
  const failed = conditions.flatMap(({ type, status, message }) =>
    (status === "False" || type === "ReplicaFailure") && message !== undefined ? [`${type ?? ""}: ${message}`] : [],
  );
  const describe = kubectl(asked, `-n ${externalSecrets.namespace} describe deployment ${name}`);
  return { evidence: failed, fix: fixFor(failed, place, describe) };
}

function madeAt({ metadata }: PodObject): number {
  return millisecondsOf(metadata?.creationTimestamp) ?? 0;
}

function wordsOf({ metadata, status }: PodObject): readonly { readonly pod: string; readonly text: string }[] {
  const pod = metadata?.name ?? "";
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const waiting = containers.flatMap(({ state, lastState }) => {
    const { reason, message } = state?.waiting ?? {};
    const last = lastState?.terminated?.reason;
    if (reason === undefined) return [];
    const details = [message, last === undefined ? undefined : `last ended as ${last}`].filter(
      (each) => each !== undefined,
    );
    return [{ pod, text: [reason, ...details].join(": ") }];
  });
  const unscheduled = (status?.conditions ?? []).flatMap(({ type, status: value, message }) =>
    type === "PodScheduled" && value === "False" ? [{ pod, text: `not scheduled: ${message ?? ""}` }] : [],
  );
  return [...waiting, ...unscheduled];
}

/** Objects that are kept in a version which a newer operator no longer has (external-secrets#5477). */
async function checkStoredVersions(asked: Asked): Promise<Examined> {
  const name = "externalsecrets.external-secrets.io";
  const definition = await asked.reader.get("CustomResourceDefinition", { name });
  if (isRefused(definition)) return unanswered("operator", `CustomResourceDefinition ${name}`, definition);
  const old = (definition.value?.status?.storedVersions ?? []).filter((version) => version !== "v1");
  if (old.length === 0) return {};
  return {
    findings: [
      {
        link: "operator",
        severity: "warning",
        subject: `CustomResourceDefinition ${name}`,
        problem: `still lists ${old.join(", ")} among its stored versions, which keeps a newer chart from being installed`,
        fix: `once every ExternalSecret was written again as v1: ${kubectl(asked, `patch crd ${name} --subresource=status --type=merge -p '{"status":{"storedVersions":["v1"]}}'`)}`,
      },
    ],
  };
}
