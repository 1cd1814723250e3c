import type { NotAsked, StoreExaminer } from "../../../components/backends/examiner.ts";
import type { EventLike } from "../../../components/clusters/troubles/events.ts";
import type { Answer, ClusterReader, Kind, Kinds, Place } from "../../../operations/doctor/cluster-reader.ts";
import type { EngineState } from "../../../operations/doctor/engine-reader.ts";
import { examine } from "../../../operations/doctor/examine.ts";
import type { Report } from "../../../operations/doctor/report.ts";
import type { Environment } from "../../../stacks/config/environment.ts";
import { environment } from "../../support/fixtures.ts";

export const now = new Date("2026-03-01T12:00:00Z");

/** A time before `now`. */
export function minutesAgo(minutes: number): string {
  return new Date(now.getTime() - minutes * 60_000).toISOString();
}

/** Objects of a cluster by kind, and what else it answers. A test changes one thing. */
export interface World {
  objects: { [K in Kind]?: Kinds[K][] };
  events: Record<string, EventLike[]>;
  served: readonly string[];
  /** Kinds that may not be read, and `version` where nothing answers. */
  refused: Set<Kind | "version" | "events" | "issuer">;
  /** Issuer of its tokens. */
  issuer: string;
  engine: Answer<EngineState>;
  /** That of other stacks, by name. */
  engines: Record<string, Answer<EngineState>>;
  /** The store itself. */
  store: StoreExaminer | NotAsked;
}

/** The cluster of the fixture's environment, where all is as it should be. */
export function soundWorld(): World {
  const program = (name: string) => ({
    metadata: {
      name,
      namespace: "external-secrets",
      labels: {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/version": "v2.9.0",
        "helm.sh/chart": "external-secrets-2.9.0",
      },
    },
    spec: { replicas: 2 },
    status: { availableReplicas: 2 },
  });
  const right = { name: "secrets-reader-token-request", namespace: "shop" };
  return {
    objects: {
      Namespace: [{ metadata: { name: "shop" }, status: { phase: "Active" } }],
      Deployment: [
        program("external-secrets"),
        program("external-secrets-webhook"),
        program("external-secrets-cert-controller"),
        {
          metadata: { name: "api", namespace: "shop" },
          spec: {
            template: { spec: { containers: [{ name: "api", env: [fromSecret("DB", "shop-db", "password")] }] } },
          },
        },
      ],
      Pod: [
        {
          metadata: {
            name: "api-5d4f-x1",
            namespace: "shop",
            labels: { "pod-template-hash": "5d4f" },
            ownerReferences: [{ kind: "ReplicaSet", name: "api-5d4f", controller: true }],
          },
          spec: { containers: [{ name: "api", env: [fromSecret("DB", "shop-db", "password")] }] },
          status: {
            phase: "Running",
            containerStatuses: [{ name: "api", state: { running: { startedAt: minutesAgo(30) } } }],
          },
        },
      ],
      ValidatingWebhookConfiguration: [
        {
          metadata: { name: "externalsecret-validate" },
          webhooks: [
            {
              failurePolicy: "Fail",
              clientConfig: {
                caBundle: "LS0t",
                service: { namespace: "external-secrets", name: "external-secrets-webhook" },
              },
            },
          ],
        },
      ],
      EndpointSlice: [
        {
          metadata: {
            name: "external-secrets-webhook-1",
            namespace: "external-secrets",
            labels: { "kubernetes.io/service-name": "external-secrets-webhook" },
          },
          endpoints: [{ conditions: { ready: true } }],
        },
      ],
      CustomResourceDefinition: [
        { metadata: { name: "externalsecrets.external-secrets.io" }, status: { storedVersions: ["v1"] } },
      ],
      SecretStore: [
        {
          metadata: { name: "secrets-reader", namespace: "shop" },
          status: { conditions: [{ type: "Ready", status: "True", reason: "Valid" }] },
        },
      ],
      ServiceAccount: [
        { metadata: { name: "secrets-reader", namespace: "shop" } },
        { metadata: { name: "external-secrets", namespace: "external-secrets" } },
      ],
      Role: [
        {
          metadata: right,
          rules: [{ resources: ["serviceaccounts/token"], resourceNames: ["secrets-reader"], verbs: ["create"] }],
        },
      ],
      RoleBinding: [
        {
          metadata: right,
          subjects: [{ kind: "ServiceAccount", namespace: "external-secrets", name: "external-secrets" }],
        },
      ],
      ExternalSecret: [
        {
          metadata: { name: "shop-db", namespace: "shop", creationTimestamp: minutesAgo(600) },
          spec: { refreshInterval: "1h0m0s", refreshPolicy: "Periodic", target: { name: "shop-db" } },
          status: {
            conditions: [{ type: "Ready", status: "True", reason: "SecretSynced" }],
            refreshTime: minutesAgo(20),
          },
        },
      ],
      Secret: [
        {
          metadata: { name: "shop-db", namespace: "shop" },
          type: "Opaque",
          keys: ["password", "username"],
          emptyKeys: [],
          writtenAt: minutesAgo(60),
        },
      ],
    },
    events: {},
    served: ["v1", "v1beta1"],
    issuer: "https://issuer.example",
    refused: new Set(),
    engine: {
      value: {
        kept: new Set(),
        names: new Set(["shop-db", "one", "other"].map((name) => `main/shop/${name}`).concat("main/tools/tools-token")),
        pending: [],
        last: { kind: "update", result: "succeeded", startedAt: "2026-02-28T00:00:00.000Z" },
      },
    },
    engines: {},
    store: { reason: "VAULT_TOKEN is not set" },
  };
}

/** A variable of a container that is a key of a Secret. */
export function fromSecret(variable: string, name: string, key: string) {
  return { name: variable, valueFrom: { secretKeyRef: { name, key } } };
}

/** The only object of a kind, or the one of a name, to change. */
export function the<K extends Kind>({ objects }: World, kind: K, name?: string): Mutable<Kinds[K]> {
  const found = objects[kind]?.find(({ metadata }) => name === undefined || metadata?.name === name);
  if (found === undefined) throw new Error(`the world has no ${kind} ${name ?? ""}`);
  return found;
}
type Mutable<T> = { -readonly [P in keyof T]: T[P] extends object | undefined ? Mutable<T[P]> : T[P] };

/** Answers from a world. */
export function readerOf(world: World): ClusterReader {
  const answer = <T>(what: Kind | "version" | "events" | "issuer", value: T): Promise<Answer<T>> =>
    Promise.resolve(world.refused.has(what) ? { refused: `${what} is forbidden` } : { value });
  const of = <K extends Kind>(kind: K): readonly Kinds[K][] => world.objects[kind] ?? [];
  const isAt = (metadata: Place | undefined, { namespace, name }: Place) =>
    metadata?.name === name && metadata.namespace === namespace;
  return {
    version: () => answer("version", "v1.37.0"),
    issuer: () => answer("issuer", world.issuer),
    servedVersions: () => answer("version", world.served),
    get: <K extends Kind>(kind: K, place: Place) =>
      answer(
        kind,
        of(kind).find(({ metadata }) => isAt(metadata as Place | undefined, place)),
      ),
    list: <K extends Kind>(kind: K, namespace?: string) =>
      answer(
        kind,
        of(kind).filter(({ metadata }) => namespace === undefined || metadata?.namespace === namespace),
      ),
    events: (kind, { name }) => answer("events", world.events[`${kind}/${name}`] ?? []),
  };
}

/** What the doctor finds in a world that differs from the sound one. */
export async function diagnose(
  change: (world: World) => void = () => undefined,
  {
    target,
    spec = environment(),
    stack = "test",
    signal,
  }: {
    readonly target?: string;
    readonly spec?: Environment;
    readonly stack?: string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Report> {
  const world = soundWorld();
  change(world);
  return examine({
    environment: spec,
    stack,
    now,
    reader: () => readerOf(world),
    store: () => Promise.resolve(world.store),
    engine: (asked) => Promise.resolve(world.engines[asked] ?? world.engine),
    ...(target === undefined ? {} : { target }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A problem as people read it: the link, whether it comes first, the sentence, its evidence and its fix. */
export function told({ problems }: Report): readonly string[] {
  return problems.map(({ link, severity, first, subject, problem, evidence, fix }) =>
    [
      `${link} ${first ? "first" : severity}: ${subject} ${problem}`,
      ...evidence,
      ...(fix === undefined ? [] : [`fix: ${fix}`]),
    ].join("\n"),
  );
}

/** The chain of the only Secret, `store broken`. */
export function chainOf({ secrets }: Report): readonly string[] {
  return secrets.flatMap(({ chain }) => chain.map(({ link, state }) => `${link} ${state}`));
}
