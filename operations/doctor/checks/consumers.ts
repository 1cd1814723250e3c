import { isMounted, keyNamesOf } from "../../../components/delivery/contract.ts";
import { closest } from "../../../components/support/messages/suggestions.ts";
import {
  millisecondsOf,
  type Answer,
  type ClusterReader,
  type PodObject,
  type PodSpec,
  type SecretObject,
} from "../cluster-reader.ts";
import { merged, type Examined, type Finding } from "../model.ts";
import { kubectl, type AskedSecret } from "../subject.ts";
import { isRefused, unanswered } from "./answers.ts";
import { secretUses, type SecretUse } from "./secret-uses.ts";

/** Whether the workloads that use a Secret name what it has, start with it, and have read it since it was last written. */
export async function checkConsumers(asked: AskedSecret): Promise<Examined> {
  const { reader, delivery } = asked;
  if (isMounted(delivery)) return {};
  const { namespace, secretName: name } = delivery;
  const [pods, workloads, secret] = await Promise.all([
    reader.list("Pod", namespace),
    workloadsOf(reader, namespace),
    reader.get("Secret", { namespace, name }),
  ]);
  if (isRefused(pods)) return unanswered("consumers", `the Pods of namespace ${namespace}`, pods);
  const running = pods.value.filter(({ metadata, status }) => isAlive(metadata?.deletionTimestamp, status?.phase));
  const users = [...running.map(podUser), ...workloads.found];
  const held = isRefused(secret) ? undefined : secret.value;
  const using = users.filter(({ uses }) => uses.some((use) => use.secret === name));
  const findings = distinct([
    ...(await misnamed(asked, users)),
    ...using.flatMap((user) => wrongKeys(asked, user, held)),
    ...(await Promise.all(using.map((user) => waiting(asked, user)))).flat(),
    ...using.flatMap((user) => outdated(asked, user, held)),
  ]);
  const names = [...new Set(using.map(({ workload }) => workload))].sort();
  const text =
    names.length === 0
      ? `no workload of namespace ${namespace} uses Secret ${name}`
      : `Secret ${namespace}/${name} is used by ${names.join(", ")}`;
  return merged([workloads, { findings, seen: findings.length === 0 ? [{ link: "consumers", text }] : [] }]);
}

function isAlive(deletedAt: unknown, phase: string | undefined): boolean {
  return deletedAt === undefined && phase !== "Succeeded" && phase !== "Failed";
}

/** A Pod or the template of one, with the Secrets that it uses. */
interface User {
  /** What people change to change it: `deployment/api`. */
  readonly workload: string;
  readonly uses: readonly SecretUse[];
  /** Absent for a template. */
  readonly pod?: PodObject;
}

function podUser(pod: PodObject): User {
  return { workload: workloadOf(pod), uses: secretUses(pod.spec), pod };
}

/** A Deployment names its ReplicaSets after itself and the hash of their template. */
function workloadOf({ metadata }: PodObject): string {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return `pod/${metadata?.name ?? ""}`;
  const hash = metadata?.labels?.["pod-template-hash"];
  if (owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return `deployment/${owner.name.slice(0, -hash.length - 1)}`;
  }
  return `${owner.kind.toLowerCase()}/${owner.name}`;
}

async function workloadsOf(
  reader: ClusterReader,
  namespace: string,
): Promise<Examined & { readonly found: readonly User[] }> {
  const kinds = ["Deployment", "StatefulSet", "DaemonSet", "CronJob"] as const;
  const asked = await Promise.all(kinds.map(async (kind) => [kind, await reader.list(kind, namespace)] as const));
  const found = asked.flatMap(([kind, answer]) =>
    isRefused(answer)
      ? []
      : answer.value.map((each) => ({
          workload: `${kind.toLowerCase()}/${each.metadata?.name ?? ""}`,
          uses: secretUses(templateOf(each)),
        })),
  );
  const refused = asked.flatMap(([kind, answer]: readonly [string, Answer<unknown>]) =>
    isRefused(answer) ? [unanswered("consumers", `the ${kind}s of namespace ${namespace}`, answer)] : [],
  );
  return { ...merged(refused), found };
}

type Template = { readonly template?: { readonly spec?: PodSpec } } & {
  readonly jobTemplate?: { readonly spec?: { readonly template?: { readonly spec?: PodSpec } } };
};

function templateOf({ spec }: { readonly spec?: Template }): PodSpec | undefined {
  return (spec?.template ?? spec?.jobTemplate?.spec?.template)?.spec;
}

/** Uses of a Secret that is not there, whose name is nearly that of this one. */
async function misnamed(
  { delivery, namespace, reader }: AskedSecret,
  users: readonly User[],
): Promise<readonly Finding[]> {
  const delivered = namespace.deliveries.map(({ secretName }) => secretName);
  const named = users.flatMap(({ workload, uses }) =>
    uses
      .filter(({ secret, optional }) => !optional && !delivered.includes(secret))
      .filter(({ secret }) => closest(secret, delivered) === delivery.secretName)
      .map(({ secret }) => ({ workload, secret })),
  );
  const missing = named.map(async ({ workload, secret }): Promise<readonly Finding[]> => {
    // Another tool may deliver a Secret of this name.
    const found = await reader.get("Secret", { namespace: delivery.namespace, name: secret });
    if (isRefused(found) || found.value !== undefined) return [];
    return [
      {
        link: "consumers",
        severity: "broken",
        subject: `${delivery.namespace} ${workload}`,
        problem: `uses Secret ${secret}, which namespace ${delivery.namespace} does not have`,
        fix: `name ${delivery.secretName} there instead`,
      },
    ];
  });
  return (await Promise.all(missing)).flat();
}

function waitingWords(pod: PodObject | undefined): readonly string[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {};
  return [...initContainerStatuses, ...containerStatuses].flatMap(({ state }) =>
    state?.waiting?.reason === "CreateContainerConfigError" ? [state.waiting.message ?? ""] : [],
  );
}

/** Uses of a key that the Secret does not have. */
function wrongKeys({ delivery }: AskedSecret, user: User, held: SecretObject | undefined): readonly Finding[] {
  if (held === undefined) return [];
  const { namespace, secretName } = delivery;
  return user.uses
    .filter(({ secret, key, optional }) => secret === secretName && key !== undefined && !optional)
    .filter(({ key = "" }) => !held.keys.includes(key) && !keyNamesOf(delivery).includes(key))
    .map(({ key = "" }): Finding => {
      const meant = closest(key, held.keys);
      return {
        link: "consumers",
        severity: "broken",
        subject: `${namespace} ${user.workload}`,
        problem: `asks Secret ${secretName} for key ${key}, which it does not have (its keys: ${held.keys.join(", ")})`,
        fix:
          meant === undefined
            ? "name one of these keys there, or deliver another in the catalogue"
            : `name key ${meant} there instead`,
      };
    });
}

/** A Pod that does not start since a Secret or a key is missing, in the node's own words. */
async function waiting({ delivery, reader }: AskedSecret, user: User): Promise<readonly Finding[]> {
  const { namespace } = delivery;
  const { pod, workload } = user;
  if (pod?.status?.phase !== "Pending") return [];
  const name = pod.metadata?.name ?? "";
  const events = await reader.events("Pod", { namespace, name });
  const mounts = isRefused(events)
    ? []
    : events.value.flatMap(({ type, message = "" }) => (type === "Warning" ? [message] : []));
  const words = [...waitingWords(pod), ...mounts].filter((text) => tellsOf(text, delivery, pod));
  if (words.length === 0) return [];
  return [
    {
      link: "consumers",
      severity: "broken",
      subject: `${namespace} ${workload}`,
      problem: `does not start: ${words[0] ?? ""}`,
      evidence: [...new Set(words.slice(1))].map((each) => `Pod ${name}: ${each}`),
      // A key that is not there, or a Secret that is not, has been told of by now; the node tries again by itself.
      fix: "put right what is said of its Secret; the Pod starts by itself then",
      follows: true,
    },
  ];
}

function tellsOf(text: string, { namespace, secretName }: AskedSecret["delivery"], { spec }: PodObject): boolean {
  const [, volume] = /for volume "([^"]+)"/.exec(text) ?? [];
  return (
    text.includes(`secret "${secretName}" not found`) ||
    // couldn't find key token in Secret shop/db
    text.split(/\s+/).includes(`${namespace}/${secretName}`) ||
    // MountVolume.SetUp failed for volume "db" : references non-existent secret key: token
    (text.includes("references non-existent secret key") &&
      secretUses({ volumes: (spec?.volumes ?? []).filter(({ name }) => volume === undefined || name === volume) }).some(
        ({ secret }) => secret === secretName,
      ))
  );
}

/** A container that reads the Secret at its start only, and started before it was written. */
function outdated(asked: AskedSecret, user: User, held: SecretObject | undefined): readonly Finding[] {
  const { namespace, secretName } = asked.delivery;
  const written = millisecondsOf(held?.writtenAt);
  const { pod, workload, uses } = user;
  const use = uses.find(({ secret, by }) => secret === secretName && (by === "environment" || by === "sub-path"));
  if (pod === undefined || written === undefined || use === undefined) return [];
  const starts = (pod.status?.containerStatuses ?? []).flatMap(
    ({ state }) => millisecondsOf(state?.running?.startedAt) ?? [],
  );
  const oldest = Math.min(...starts);
  if (starts.length === 0 || oldest >= written) return [];
  const how =
    use.by === "sub-path"
      ? "mounts it by subPath, which does not follow a change"
      : "reads it into its environment when it starts";
  return [
    {
      link: "consumers",
      severity: "warning",
      subject: `${namespace} ${workload}`,
      problem: `may have an earlier value of Secret ${secretName}: it ${how}`,
      evidence: [
        `Pod ${pod.metadata?.name ?? ""} started at ${iso(oldest)}; the Secret was last written at ${iso(written)}`,
      ],
      fix: startAgain(asked, workload, pod),
      ...(isRestartable(workload) ? { restart: { namespace, workload } } : {}),
    },
  ];
}

/** What ends a Pod, upon which its controller makes another one. */
function startAgain(asked: AskedSecret, workload: string, { metadata }: PodObject): string {
  const { namespace } = asked.delivery;
  if (isRestartable(workload)) return kubectl(asked, `-n ${namespace} rollout restart ${workload}`);
  const controller = workload.startsWith("pod/") ? "nothing makes it again by itself" : `${workload} makes another one`;
  return `${kubectl(asked, `-n ${namespace} delete pod/${metadata?.name ?? ""}`)} (${controller})`;
}

/** What replaces its Pods one after the other when its template changes. */
function isRestartable(workload: string): boolean {
  return /^(?:deployment|statefulset|daemonset)\//.test(workload);
}

function iso(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Each sentence once: the Pods of a workload have the same template. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((each) => [`${each.subject} ${each.problem}`, each] as const)).values()];
}
