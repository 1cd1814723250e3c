import { setCommand } from "../../support/messages/config-command.ts";
import { portOf } from "../../support/port-of.ts";
import type { Issue } from "../../support/messages/errors.ts";
import { secretId, vaultPath } from "../../support/naming.ts";
import type { StoreBase, StoreRules } from "../contract.ts";
import type { VaultCredentialsGrant, VaultReadGrant } from "./grant.ts";
import { issuedFields, type IssuedObject, type IssuingRole } from "../issued.ts";
import { own } from "../../support/own.ts";
import {
  authMountAt,
  authTypeOf,
  kubernetesMethods,
  type AuthPlaces,
  type SecretIdReference,
  type VaultAuthMethod,
} from "./auth-types.ts";
import { namingPath } from "../remote-names.ts";
import { objectsOf, type RemoteObject, type SecretShape } from "../remote-object.ts";
import { loginNamespace, namespaceIssues } from "./namespaces.ts";
import { secretPathProblem } from "./path.ts";

/** HashiCorp Vault, KV version 2. One KV secret per secret, its keys as properties. */
export interface VaultKvSpec extends StoreBase {
  readonly kind: "vault-kv";
  /** URL of Vault as this program reaches it. */
  readonly address: string;
  /** URL of Vault as the clusters reach it. Default: `address`. */
  readonly clusterAddress: string;
  /** Where the KV v2 engine is mounted, without slashes at its ends. */
  readonly mount: string;
  /** Vault namespace (Enterprise). Default: none. */
  readonly namespace?: string;
  /** PEM bundle that signed Vault's certificate, for the operator. Default: the system's. */
  readonly caBundle?: string;
  /** Path of a file with such a bundle, for this program: its provider takes no text. Default: the system's. */
  readonly caFile?: string;
  /** How the KV engine is mounted here; absent where it is somebody else's. */
  readonly createMount?: VaultMountCreation;
  /** Audit devices made here. They are of the whole Vault, and not of this store alone. */
  readonly auditDevices?: readonly VaultAuditDevice[];
  /** Whether Vault writes only over the very version that was written last, and refuses a write that says none. */
  readonly checkAndSet?: boolean;
  /** The auth method that readers log in with. */
  readonly auth: AuthPlaces & {
    /**
     * Vault namespace that readers log in at, and that has their auth methods, roles and policies; empty for the root
     * namespace. Always above that of the secrets. Default: that of the secrets.
     */
    readonly namespace?: string;
    /** Where the secret id of readers is. Present where some log in by `approle`. */
    readonly secretId?: SecretIdReference;
    /** Auth methods made here, by cluster, at the cluster's path; the others must exist. */
    readonly methods?: Readonly<Record<string, VaultAuthMethod>>;
    /** Audience that a service-account token must name. Required: without one Vault takes any token of the cluster. */
    readonly audience: string;
  };
  /** How many versions Vault keeps of each secret; at least 2, so that the value before a rotation stays readable. */
  readonly maxVersions: number;
}

export interface VaultMountCreation {
  /** Whether the engine, with everything in it, outlives `destroy`. Policy decides. */
  readonly retain: boolean;
}

export interface VaultAuditDevice {
  readonly type: "file" | "socket" | "syslog";
  readonly path: string;
  /** Whether it outlives `destroy`, as what it watches does. Default: no. */
  readonly retain?: boolean;
  /** As Vault takes them: `file_path`, `address`, `socket_type`. */
  readonly options: Readonly<Record<string, string>>;
}

export function isVaultKv(store: Pick<StoreBase, "kind">): store is VaultKvSpec {
  return store.kind === "vault-kv";
}

/**
 * Whether a path begins with the name of its own mount. The operator takes that for the mount and drops it, once: what it
 * reads by is the path with the mount before it (external-secrets 0.20.4, `buildPath` in `pkg/provider/vault/client_get.go`).
 */
export function repeatsMount(mount: string, path: string): boolean {
  return path.startsWith(`${mount}/`);
}

/** Where the auth method that trusts a cluster is mounted. */
export function authMountOf({ auth }: Pick<VaultKvSpec, "auth">, cluster: string): string {
  return authMountAt(auth, cluster);
}

/**
 * What tells a Vault, or a namespace of it, from another: the host in lowercase, the port though it is the usual one,
 * the path without a slash at its end.
 */
export function vaultPlace({ address, namespace = "" }: Pick<VaultKvSpec, "address" | "namespace">): readonly string[] {
  const { hostname, pathname } = new URL(address);
  return [hostname.replace(/\.$/, ""), String(portOf(address)), pathname.replace(/\/+$/, ""), namespace];
}

/** Where readers log in: the same for two stores whose auth methods, roles and policies of one name are the same. */
export function loginPlace(spec: Pick<VaultKvSpec, "address" | "namespace" | "auth">): readonly string[] {
  return vaultPlace({ address: spec.address, namespace: loginNamespace(spec) });
}

/** What a reader must be allowed to read one object. */
export function vaultGrant({ mount }: Pick<VaultKvSpec, "mount">, { name }: RemoteObject): VaultReadGrant {
  return { kind: "vault-kv", mount, path: name };
}

/** What a reader must be allowed to get credentials that a database engine issues. */
export function credentialsGrant(issued: IssuedObject, { seconds }: IssuingRole): VaultCredentialsGrant {
  // Vault revokes a lease with the token that it was issued for: the token has to outlive it. A static role has no lease.
  const tokenSeconds = issued.kind === "dynamic" ? seconds + tokenMarginSeconds : staticTokenSeconds;
  return { kind: "vault-database", mount: issued.mount, path: credentialsPathOf(issued), tokenSeconds };
}

/** Between a login and the read that follows. */
const tokenMarginSeconds = 60;
const staticTokenSeconds = 600;

/** Where a role's credentials are read, below the mount of the engine. */
export function credentialsPathOf({ kind, role }: Pick<IssuedObject, "kind" | "role">): string {
  return `${kind === "dynamic" ? "creds" : "static-creds"}/${role}`;
}

/** Where the role itself is, below the mount of the engine. */
export function rolePathOf({ kind, role }: Pick<IssuedObject, "kind" | "role">): string {
  return `${kind === "dynamic" ? "roles" : "static-roles"}/${role}`;
}

/** The credentials that a database engine issues for a secret, which lie in no KV engine. */
function issuedOf({ credentials = {} }: VaultKvSpec, { address, keys }: SecretShape): RemoteObject | undefined {
  const found = own(credentials, secretId(address));
  if (found === undefined) return undefined;
  const { kind, mount, role } = found;
  const fields = keys.flatMap((key) => {
    const field = own(found.fields, key) ?? issuedFields.find((each) => each === key);
    return field === undefined ? [] : [[key, field] as const];
  });
  return {
    name: `${mount}/${credentialsPathOf(found)}`,
    layout: "bundle",
    keys,
    issued: { kind, mount, role, fields: Object.fromEntries(fields), generator: "VaultDynamicSecret" },
  };
}

export const vaultKvRules: StoreRules<VaultKvSpec> = {
  objects: (spec, shape) => {
    const issued = issuedOf(spec, shape);
    return issued === undefined ? kvObjects(spec, shape) : [issued];
  },
  check: (spec, shape) => [
    ...vaultKvRules.objects(spec, shape).flatMap((object) => pathIssues(spec, shape, object)),
    ...methodIssues(spec),
    ...namespaceIssues(spec),
  ],
};

function kvObjects(
  { mount, remoteNames = {}, references = {}, nameScheme }: VaultKvSpec,
  shape: SecretShape,
): readonly RemoteObject[] {
  return objectsOf(
    {
      layout: "bundle",
      remoteNames,
      references,
      alwaysJson: true,
      ...(nameScheme === undefined ? {} : { nameScheme }),
    },
    shape,
    (key) => [vaultPath(shape.address), ...(key === undefined ? [] : [key])].join("/"),
  ).map((object) => ({
    ...object,
    ...(repeatsMount(mount, object.name) ? { reference: withMount(mount, object.name) } : {}),
  }));
}

/** Behind the mount, the operator drops a `data/` too, once. */
function withMount(mount: string, path: string): string {
  return path.startsWith("data/") ? `${mount}/data/${path}` : `${mount}/${path}`;
}

function pathIssues(spec: VaultKvSpec, { address }: SecretShape, object: RemoteObject): readonly Issue[] {
  const path = namingPath(spec.name, object);
  const whose = `the path of ${secretId(address)}`;
  // Vault's own limit is on the storage entry's path, 512 bytes with the engine's prefix (about 60).
  const { length } = object.name;
  const problem = secretPathProblem(object.name);
  return [
    ...(length > 400 ? [{ path, problem: `${whose} has ${length} characters; Vault allows at most 400` }] : []),
    ...(problem === undefined ? [] : [{ path, problem: `${whose} is "${object.name}", and ${problem}` }]),
  ];
}

/** Two clusters can't share a method: it asks one cluster's API, and would take another's tokens for its own. */
function methodIssues(spec: VaultKvSpec): readonly Issue[] {
  const byPath = Map.groupBy(Object.keys(spec.auth.methods ?? {}), (cluster) => authMountOf(spec, cluster));
  return [
    ...strayPods(spec),
    ...[...byPath].flatMap(([mount, [first = "", ...others]]) =>
      others.map((cluster) => ({
        path: `stores.${spec.name}.auth.methods.${cluster}`,
        problem: `would be mounted at "${mount}", which the method of cluster ${first} uses`,
        fix: setCommand(
          ["stores", spec.name, "auth", "mountPaths", cluster],
          `${authTypeOf(spec.auth, cluster)}-${cluster}`,
        ),
      })),
    ),
  ];
}

/** Vault runs in at most one cluster. */
function strayPods({ name, auth }: VaultKvSpec): readonly Issue[] {
  const path = `stores.${name}.auth.methods`;
  const [first = "", ...others] = kubernetesMethods(auth.methods).flatMap(([cluster, { reviewer }]) =>
    reviewer === "vault-pod" ? [cluster] : [],
  );
  return others.map((cluster) => ({
    path: `${path}.${cluster}.reviewer`,
    problem: `must be token: Vault's Pods run in cluster ${first} (${path}.${first}), and their token is not valid in another`,
  }));
}
