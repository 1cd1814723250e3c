import type * as Client from "@kubernetes/client-node";
import { rulesApi } from "../alerts/manifests.ts";
import { csiGroup } from "../secrets-store-csi/manifests.ts";
import { setCommand } from "../support/messages/config-command.ts";
import { StoreError } from "../support/messages/errors.ts";
import { loadClient, reasonOf, type ClusterClient } from "./client.ts";
import type { ClusterSpec } from "./contract.ts";
import { asTypedMetadata } from "./secret-table.ts";

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
  const { library, config } = await clientOf(cluster);
  const core = config.makeApiClient(library.CoreV1Api);
  const read = secrets.map(async (each) => {
    try {
      const { data = {} } = await core.readNamespacedSecret({ namespace: each.namespace ?? "", name: each.name });
      return [placeOf(each), data] as const;
    } catch (error) {
      throw new StoreError(
        `clusters.${cluster.name}`,
        `reading Secret ${placeOf(each)} to adopt its values failed: ${reasonOf(error)}`,
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
      `its kubeconfig can't be used: ${reasonOf(error)}`,
      "check the kubeconfig and its context: kubectl config get-contexts",
    );
  }
}

/** What a survey wants of everything of a kind in a namespace, or in the cluster. A kind that is not installed yet has no objects. */
async function listed(
  { library, config }: ClusterClient,
  kind: SurveyedKind,
  namespace: string | undefined,
): Promise<readonly Listed[]> {
  const ask = lists[kind](library, config, namespace ?? "");
  const options = kind === "Secret" ? asTypedMetadata(library) : library.setHeaderOptions("accept", metadataOnly);
  const items: Listed[] = [];
  let _continue = "";
  try {
    do {
      const page = await ask({ limit: pageSize, ...(_continue === "" ? {} : { _continue }) }, options);
      // Without contents an empty list has none.
      items.push(...(page.items ?? []));
      // Only the classes of the API's own kinds rename the word, which JavaScript reserves.
      _continue = page.metadata?._continue ?? page.metadata?.continue ?? "";
    } while (_continue !== "");
  } catch (error) {
    if (error instanceof library.ApiException && error.code === 404) return [];
    throw error;
  }
  return items;
}

/** Makes the API send metadata alone: checking a name never reads a value. */
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

const pageSize = 500;

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

interface Page {
  readonly items?: readonly Listed[] | null;
  readonly metadata?: { readonly _continue?: string; readonly continue?: string };
}

interface Paging {
  readonly limit: number;
  readonly _continue?: string;
}

type Options = ReturnType<typeof Client.setHeaderOptions>;
type Ask = (page: Paging, options: Options) => Promise<Page>;
type Library = typeof Client;

/** How the objects of each kind are listed. */
const lists: { readonly [K in SurveyedKind]: (library: Library, config: Client.KubeConfig, namespace: string) => Ask } =
  {
    Secret: (library, config, namespace) => {
      const api = config.makeApiClient(library.CoreV1Api);
      return (page, options) => api.listNamespacedSecret({ namespace, ...page }, options);
    },
    ServiceAccount: (library, config, namespace) => {
      const api = config.makeApiClient(library.CoreV1Api);
      return (page, options) => api.listNamespacedServiceAccount({ namespace, ...page }, options);
    },
    ConfigMap: (library, config, namespace) => {
      const api = config.makeApiClient(library.CoreV1Api);
      return (page, options) => api.listNamespacedConfigMap({ namespace, ...page }, options);
    },
    Role: (library, config, namespace) => {
      const api = config.makeApiClient(library.RbacAuthorizationV1Api);
      return (page, options) => api.listNamespacedRole({ namespace, ...page }, options);
    },
    RoleBinding: (library, config, namespace) => {
      const api = config.makeApiClient(library.RbacAuthorizationV1Api);
      return (page, options) => api.listNamespacedRoleBinding({ namespace, ...page }, options);
    },
    SecretStore: (library, config, namespace) =>
      namespaced(library, config, { ...operatorApi, namespace, plural: "secretstores" }),
    ExternalSecret: (library, config, namespace) =>
      namespaced(library, config, { ...operatorApi, namespace, plural: "externalsecrets" }),
    SealedSecret: (library, config, namespace) =>
      namespaced(library, config, { ...sealedApi, namespace, plural: "sealedsecrets" }),
    ValidatingAdmissionPolicy: (library, config) => {
      const api = config.makeApiClient(library.AdmissionregistrationV1Api);
      return (page, options) => api.listValidatingAdmissionPolicy({ ...page }, options);
    },
    ClusterSecretStore: (library, config) => {
      const api = config.makeApiClient(library.CustomObjectsApi);
      return (page, options) =>
        api.listClusterCustomObject(
          { ...operatorApi, plural: "clustersecretstores", ...page },
          options,
        ) as Promise<Page>;
    },
    SecretProviderClass: (library, config, namespace) =>
      namespaced(library, config, { group: csiGroup, version: "v1", namespace, plural: "secretproviderclasses" }),
    PrometheusRule: (library, config, namespace) =>
      namespaced(library, config, { ...rulesApi, namespace, plural: "prometheusrules" }),
  };

const operatorApi = { group: "external-secrets.io", version: "v1" } as const;
const sealedApi = { group: "bitnami.com", version: "v1alpha1" } as const;

/** Which custom objects are listed. */
type CustomObjects = Parameters<Client.CustomObjectsApi["listNamespacedCustomObject"]>[0];

function namespaced(library: Library, config: Client.KubeConfig, which: CustomObjects): Ask {
  const api = config.makeApiClient(library.CustomObjectsApi);
  return (page, options) => api.listNamespacedCustomObject({ ...which, ...page }, options) as Promise<Page>;
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
    `asking which ${listsOf(refused)} exist failed: ${reasonOf(error)}`,
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
