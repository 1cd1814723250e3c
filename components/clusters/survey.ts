import { rulesApi } from "../alerts/manifests.ts";
import { csiGroup } from "../secrets-store-csi/manifests.ts";
import { setCommand } from "../support/messages/config-command.ts";
import { StoreError } from "../support/messages/errors.ts";
import { causeOf, isNotFound, listAll, loadClient, metadataOnly, type ClusterClient } from "./client.ts";
import type { ClusterSpec } from "./contract.ts";
import { listTyped } from "./secret-table.ts";

/** Kinds of object that namespaces get, by the name of their resource in the API. */
export const surveyedKinds = {
  Secret: "secrets",
  ServiceAccount: "serviceaccounts",
  Role: "roles",
  RoleBinding: "rolebindings",
  SecretStore: "secretstores",
  ExternalSecret: "externalsecrets",
  ClusterSecretStore: "clustersecretstores",
  SealedSecret: "sealedsecrets",
  ValidatingAdmissionPolicy: "validatingadmissionpolicies",
  SecretProviderClass: "secretproviderclasses",
  PrometheusRule: "prometheusrules",
  ConfigMap: "configmaps",
} as const;
export type SurveyedKind = keyof typeof surveyedKinds;

/** Names one object of a cluster. */
export interface ObjectName {
  readonly kind: SurveyedKind;
  /** Absent for what is in no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** Metadata of an object that exists. */
export interface FoundObject extends ObjectName {
  /** Type of a Secret; absent for every other kind. */
  readonly type?: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The object that owns it as its controller, such as `ExternalSecret/minio-root`; absent where none does. */
  readonly controller?: string;
  /** Who wrote its fields. */
  readonly managers: readonly string[];
}

/** The bytes of a Secret by key, in base64: as the API hands them over. */
export type SecretData = Readonly<Record<string, string>>;

/** Queries to a cluster before anything is registered. */
export interface ClusterSurvey {
  /**
   * Which of these objects exist. One list request for each kind in each namespace; only metadata travels, and the types
   * of Secrets.
   *
   * @throws StoreError where the cluster can't be asked; it names every list that was refused.
   */
  find(cluster: ClusterSpec, wanted: readonly ObjectName[]): Promise<readonly FoundObject[]>;
  /**
   * The contents of Secrets that exist, by `<namespace>/<name>`: only for values that are to be adopted.
   *
   * @throws StoreError where one can't be read.
   */
  read(cluster: ClusterSpec, secrets: readonly ObjectName[]): Promise<ReadonlyMap<string, SecretData>>;
}

/** The cluster itself answers. */
export const clusterSurvey: ClusterSurvey = { find: findObjects, read: readSecrets };

/** `<namespace>/<name>`, or the name alone. */
export function placeOf({ namespace, name }: Pick<ObjectName, "namespace" | "name">): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

async function findObjects(cluster: ClusterSpec, wanted: readonly ObjectName[]): Promise<readonly FoundObject[]> {
  const client = await clientOf(cluster);
  const lists = [...Map.groupBy(wanted, ({ kind, namespace = "" }) => `${kind}\n${namespace}`).values()];
  const found = await Promise.all(
    lists.map(async (asked) => {
      const [{ kind, namespace } = { kind: "Secret" as const }] = asked;
      const names = new Set(asked.map(({ name }) => name));
      try {
        const items = await listed(client, kind, namespace);
        return items.filter(({ metadata }) => names.has(metadata?.name ?? "")).map((item) => foundOf(kind, item));
      } catch (error) {
        return { kind, namespace, error };
      }
    }),
  );
  const refused = found.filter((each) => "error" in each);
  if (refused.length > 0) throw notAsked(cluster, refused);
  return found.flatMap((each) => ("error" in each ? [] : each));
}

async function readSecrets(
  cluster: ClusterSpec,
  secrets: readonly ObjectName[],
): Promise<ReadonlyMap<string, SecretData>> {
  const client = await clientOf(cluster);
  const read = secrets.map(async (each) => {
    try {
      const at = { apiVersion: "v1", kind: "Secret", namespace: each.namespace ?? "", name: each.name };
      const { data = {} } = await client.ask<{ readonly data?: SecretData }>({ at });
      return [placeOf(each), data] as const;
    } catch (error) {
      throw new StoreError(
        `clusters.${cluster.name}`,
        `reading Secret ${placeOf(each)} to adopt its values failed: ${causeOf(error)}`,
        `check that you may: kubectl auth can-i get secret/${each.name} -n ${each.namespace ?? ""}`,
      );
    }
  });
  return new Map(await Promise.all(read));
}

async function clientOf(cluster: ClusterSpec): Promise<ClusterClient> {
  try {
    return await loadClient(cluster);
  } catch (error) {
    throw new StoreError(
      `clusters.${cluster.name}`,
      `its kubeconfig can't be used: ${causeOf(error)}`,
      "check the kubeconfig and its context: kubectl config get-contexts",
    );
  }
}

/** What a survey wants of everything of a kind in a namespace, or in the cluster. A kind that is not installed yet has no objects. */
async function listed(
  client: ClusterClient,
  kind: SurveyedKind,
  namespace: string | undefined,
): Promise<readonly Listed[]> {
  const at = { apiVersion: apiVersions[kind], kind, namespace };
  try {
    // Checking a name never reads a value.
    return await (kind === "Secret" ? listTyped(client, at) : listAll<Listed>(client, { at, accept: metadataOnly }));
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

interface Listed {
  readonly type?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
}

const operatorApiVersion = "external-secrets.io/v1";

/** API version that each kind is listed in. */
const apiVersions: { readonly [K in SurveyedKind]: string } = {
  Secret: "v1",
  ServiceAccount: "v1",
  ConfigMap: "v1",
  Role: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  SecretStore: operatorApiVersion,
  ExternalSecret: operatorApiVersion,
  ClusterSecretStore: operatorApiVersion,
  SealedSecret: "bitnami.com/v1alpha1",
  ValidatingAdmissionPolicy: "admissionregistration.k8s.io/v1",
  SecretProviderClass: `${csiGroup}/v1`,
  PrometheusRule: `${rulesApi.group}/${rulesApi.version}`,
};

/** API version in which objects of a kind are read and written. */
export function apiVersionOf(kind: SurveyedKind): string {
  return apiVersions[kind];
}

function foundOf(kind: SurveyedKind, { type, metadata = {} }: Listed): FoundObject {
  const { name = "", namespace, annotations = {}, labels = {}, ownerReferences = [], managedFields = [] } = metadata;
  const controller = ownerReferences.find((each) => each.controller === true);
  return {
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(type === undefined ? {} : { type }),
    annotations,
    labels,
    ...(controller === undefined ? {} : { controller: `${controller.kind}/${controller.name}` }),
    managers: managedFields.flatMap(({ manager }) => manager ?? []),
  };
}

interface NotAsked {
  readonly kind: SurveyedKind;
  readonly namespace: string | undefined;
  readonly error: unknown;
}

/** All lists that were refused in one error: who may not list one kind seldom may list the others. */
function notAsked({ name }: ClusterSpec, refused: readonly NotAsked[]): StoreError {
  const [first] = refused;
  const { kind = "Secret", namespace, error } = first ?? {};
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  return new StoreError(
    `clusters.${name}`,
    `asking which ${listsOf(refused)} exist failed: ${causeOf(error)}`,
    `check the kubeconfig and its context, and that you may list: kubectl auth can-i list ${surveyedKinds[kind]}${where}` +
      `\n    or continue without checking, and overwrite any object with the name of a new one: ${setCommand(["clusters", name, "assumeNothingExists"], true)}`,
  );
}

/** `secrets and roles of namespaces minio, mlflow`. */
function listsOf(refused: readonly NotAsked[]): string {
  const kinds = [...new Set(refused.map(({ kind }) => surveyedKinds[kind]))].sort();
  const namespaces = [...new Set(refused.flatMap(({ namespace }) => namespace ?? []))].sort();
  const where = namespaces.length === 0 ? "" : ` in ${namespaces.join(", ")}`;
  return `${kinds.join(", ")}${where}`;
}
