import { readerName, vaultCredentialsName, vaultReaderName } from "../../support/naming.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { NotAsked, StoreExamination, StoreExaminer } from "../examiner.ts";
import type { IdentityScope } from "../identity.ts";
import type { ChainLink } from "../known-error.ts";
import type { RemoteObject } from "../remote-object.ts";
import { authTypeOf, readerSubject } from "./auth-types.ts";
import { vaultReads, type ReadVaultPath, type VaultAnswer } from "./http.ts";
import { checkCredentials, issuingRole } from "./examine-credentials.ts";
import { authMountOf, credentialsGrant, vaultGrant, type VaultKvSpec } from "./kv.ts";
import { fromLogin, loginNamespace } from "./namespaces.ts";
import { vaultCredentialsPolicy, vaultReadPolicy } from "./policy.ts";

/** Opens Vault to ask it, with the token of `VAULT_TOKEN`. */
export function openVaultExaminer(
  spec: VaultKvSpec,
  variable: (name: string) => string | undefined,
): StoreExaminer | NotAsked {
  const token = variable("VAULT_TOKEN") ?? "";
  if (token === "") return { reason: "VAULT_TOKEN is not set" };
  const caFile = spec.caFile ?? variable("VAULT_CACERT");
  return vaultExaminer(spec, vaultReads({ address: spec.address, token, ...(caFile === undefined ? {} : { caFile }) }));
}

/** Asks a Vault by these reads. */
export function vaultExaminer(spec: VaultKvSpec, read: ReadVaultPath): StoreExaminer {
  const asked = new Map<string, Promise<VaultAnswer>>();
  const once: ReadVaultPath = (path, namespace) => {
    const key = `${namespace}\n${path}`;
    const answer = asked.get(key) ?? read(path, namespace);
    asked.set(key, answer);
    return answer;
  };
  return {
    store: () => checkVault(spec, once),
    reader: ({ scope, objects }) => checkReader(spec, once, scope, objects),
    object: (object, keys) => checkObject(spec, once, object, keys),
    issues: (issued) => issuingRole(spec, once, issued),
  };
}

async function checkVault(spec: VaultKvSpec, read: ReadVaultPath): Promise<StoreExamination> {
  const subject = `Vault at ${spec.address}`;
  const health = await read("sys/health", "");
  // The operator may reach it by another way: what it says counts.
  if ("unreachable" in health) return { ...noAnswer("store", subject, health), unreachable: true };
  if (health.data["initialized"] === false) {
    return broken("store", subject, "is not initialized", "vault operator init");
  }
  if (health.data["sealed"] === true) {
    return broken("store", subject, "is sealed: it answers no request", "vault operator unseal");
  }
  const mount = await read(`sys/internal/ui/mounts/${spec.mount}`, spec.namespace ?? "");
  if (!isAnswer(mount)) return noAnswer("store", `mount ${spec.mount} of ${subject}`, mount);
  const { type, options } = mount.data as { readonly type?: string; readonly options?: { readonly version?: string } };
  if (type !== "kv" || options?.version !== "2") {
    return broken(
      "store",
      `mount ${spec.mount} of ${subject}`,
      `is no KV engine of version 2 (${type ?? "unknown"}${options?.version === undefined ? "" : `, version ${options.version}`})`,
      type === "kv" ? `vault kv enable-versioning ${spec.mount}` : `name another mount: stores.${spec.name}.mount`,
    );
  }
  return sound("store", `${subject} is unsealed, and ${spec.mount} is a KV engine of version 2`);
}

async function checkReader(
  spec: VaultKvSpec,
  read: ReadVaultPath,
  scope: IdentityScope,
  objects: readonly RemoteObject[],
): Promise<StoreExamination> {
  const stored = objects.filter(({ issued }) => issued === undefined);
  const issued = objects.filter((object) => object.issued !== undefined);
  // Who is issued something logs in by a role of its own for that.
  const logins = [
    ...(stored.length > 0 || issued.length === 0 ? [{ name: vaultReaderName(scope), objects: stored }] : []),
    ...(issued.length > 0 ? [{ name: vaultCredentialsName(scope), objects: issued }] : []),
  ];
  const namespace = loginNamespace(spec);
  const checks = await Promise.all(
    logins.map(async ({ name, objects: granted }) => {
      const [role, policy] = await Promise.all([
        read(`auth/${authMountOf(spec, scope.cluster)}/role/${name}`, namespace),
        read(`sys/policies/acl/${name}`, namespace),
      ]);
      return [checkRole(spec, scope, name, role), checkPolicy(spec, name, granted, policy)];
    }),
  );
  return examinedTogether(checks.flat());
}

/** The rule of a policy that lets a reader read an object. */
function ruleFor(spec: VaultKvSpec, object: RemoteObject): string {
  const { issued } = object;
  if (issued === undefined) return vaultReadPolicy([fromLogin(spec, vaultGrant(spec, object))]).trim();
  return vaultCredentialsPolicy([fromLogin(spec, credentialsGrant(issued, { seconds: 0 }))]).trim();
}

function checkRole(spec: VaultKvSpec, scope: IdentityScope, name: string, role: VaultAnswer): StoreExamination {
  const mount = authMountOf(spec, scope.cluster);
  const subject = `Vault role auth/${mount}/role/${name}`;
  if (isMissing(role)) return broken("identity", subject, "does not exist", restore);
  if (!isAnswer(role)) return noAnswer("identity", subject, role);
  const policies = texts(role.data["token_policies"]);
  const { wrong, lets } = boundBy(spec, scope, role.data);
  const all = [...wrong, ...(policies.includes(name) ? [] : [`gives policy ${listed(policies)}, not ${name}`])];
  if (all.length > 0) return broken("identity", subject, all.join(", and "), restore);
  return sound("identity", `${subject} lets ${lets}`);
}

/** How a role differs from one that lets in a namespace's reader, and whom it lets in, by the type of login. */
function boundBy(spec: VaultKvSpec, scope: IdentityScope, role: Readonly<Record<string, unknown>>) {
  const reader = `${scope.namespace}/${readerName}`;
  const wanted = spec.auth.audience;
  switch (authTypeOf(spec.auth, scope.cluster)) {
    case "jwt": {
      const subject = readerSubject(scope.namespace, readerName);
      const bound = textOf(role["bound_subject"]);
      const audiences = texts(role["bound_audiences"]);
      return {
        wrong: [
          ...(bound === subject ? [] : [`binds subject ${bound === "" ? "none" : bound}, not ${subject}`]),
          ...(audiences.includes(wanted) ? [] : [`expects audience ${listed(audiences)}, not ${wanted}`]),
        ],
        lets: `${reader} log in by the signature of its token, with audience ${wanted}`,
      };
    }
    case "approle":
      return {
        wrong: role["bind_secret_id"] === true ? [] : ["lets in whoever knows its id, without a secret id"],
        lets: `whoever has its secret id log in, for ${reader}`,
      };
    case "kubernetes": {
      const accounts = texts(role["bound_service_account_names"]);
      const namespaces = texts(role["bound_service_account_namespaces"]);
      const audience = textOf(role["audience"]);
      return {
        wrong: [
          ...(isBound(accounts, readerName) ? [] : [`binds service account ${listed(accounts)}, not ${readerName}`]),
          ...(isBound(namespaces, scope.namespace)
            ? []
            : [`binds namespace ${listed(namespaces)}, not ${scope.namespace}`]),
          ...(audience === wanted ? [] : [`expects audience "${audience}", not "${wanted}"`]),
        ],
        lets: `${reader} log in, with audience ${audience}`,
      };
    }
  }
}

function isBound(bound: readonly string[], name: string): boolean {
  return bound.includes(name) || bound.includes("*");
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}

function checkPolicy(
  spec: VaultKvSpec,
  name: string,
  objects: readonly RemoteObject[],
  policy: VaultAnswer,
): StoreExamination {
  const subject = `Vault policy ${name}`;
  if (isMissing(policy)) return broken("rights", subject, "does not exist", restore);
  if (!isAnswer(policy)) return noAnswer("rights", subject, policy);
  const text = textOf(policy.data["policy"]);
  const missing = objects.filter((object) => !text.includes(ruleFor(spec, object)));
  if (missing.length > 0) {
    const names = missing.map((object) => object.name).join(", ");
    return broken("rights", subject, `has no rule of this program for ${names}`, restore);
  }
  const names = objects.map((object) => object.name).join(", ");
  return sound("rights", `${subject} lets its role read ${names}`);
}

async function checkObject(
  spec: VaultKvSpec,
  read: ReadVaultPath,
  object: RemoteObject,
  keys: readonly string[],
): Promise<StoreExamination> {
  if (object.issued !== undefined) return checkCredentials(spec, read, object.issued);
  const { mount, namespace = "" } = spec;
  const { name } = object;
  const subject = `"${name}" in Vault (mount ${mount})`;
  const metadata = await read(`${mount}/metadata/${name}`, namespace);
  const write = object.foreign === undefined ? restore : "ask whoever writes it to write it again";
  if (isMissing(metadata)) return broken("object", subject, "does not exist", write);
  if (!isAnswer(metadata)) return noAnswer("object", subject, metadata);
  const current = textOf(metadata.data["current_version"]);
  const versions = (metadata.data["versions"] ?? {}) as Readonly<Record<string, Version>>;
  const pinned = Object.values(object.foreign?.readings ?? {}).flatMap(({ version }) => version ?? []);
  const wanted = pinned[0] ?? current;
  const version = versions[wanted];
  if (version === undefined || version.destroyed === true) {
    return broken("object", subject, `has no version ${wanted} any more: it was destroyed`, write);
  }
  if ((version.deletion_time ?? "") !== "") {
    const undelete = `vault kv undelete -mount=${mount} -versions=${wanted} ${name}`;
    return broken(
      "object",
      subject,
      `has a newest version, ${wanted}, that was deleted at ${version.deletion_time ?? ""}`,
      undelete,
    );
  }
  const written = version.created_time === undefined ? "" : `, written at ${version.created_time.slice(0, 19)}Z`;
  const known = sound("object", `${subject} has version ${wanted}${written}`);
  return examinedTogether([await checkKeys(spec, read, { object, keys, subject, version: wanted }), known]);
}

interface Version {
  readonly created_time?: string;
  readonly deletion_time?: string;
  readonly destroyed?: boolean;
}

interface KeyQuestion {
  readonly object: RemoteObject;
  readonly keys: readonly string[];
  readonly subject: string;
  readonly version: string;
}

/** The names of the keys, without their values. */
async function checkKeys(
  { mount, namespace = "" }: VaultKvSpec,
  read: ReadVaultPath,
  { object, keys, subject, version }: KeyQuestion,
): Promise<StoreExamination> {
  // Of what somebody else writes, facts say where a key lies: it may be a path.
  if (object.foreign !== undefined) return {};
  const answer = await read(`${mount}/subkeys/${object.name}?depth=1&version=${version}`, namespace);
  if (!isAnswer(answer)) return noAnswer("object", `the keys of ${subject}`, answer);
  const held = Object.keys(answer.data["subkeys"] ?? {});
  const missing = keys.filter((key) => !held.includes(key));
  if (missing.length === 0) return {};
  return broken(
    "object",
    subject,
    `lacks ${missing.length === 1 ? "key" : "keys"} ${missing.join(", ")} in version ${version}: it was changed outside this program`,
    `vault kv rollback -mount=${mount} -version=<last version written by this program> ${object.name}`,
  );
}

function isMissing(answer: VaultAnswer): boolean {
  return "status" in answer && answer.status === 404;
}

function isAnswer(answer: VaultAnswer): answer is Exclude<VaultAnswer, { readonly unreachable: string }> {
  return "status" in answer && answer.status === 200;
}

function noAnswer(link: ChainLink, subject: string, answer: VaultAnswer): StoreExamination {
  const reason =
    "unreachable" in answer
      ? answer.unreachable
      : answer.status === 403
        ? "the token of VAULT_TOKEN may not read it"
        : `Vault answered ${answer.status}${answer.errors.length === 0 ? "" : `: ${answer.errors.join("; ")}`}`;
  return unanswered(link, subject, reason);
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
