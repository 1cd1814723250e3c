import type { Caller, Callers } from "../identity/callers.ts";
import { crc32c } from "./crc32c.ts";
import { GcpError, notInFake } from "../errors.ts";
import { page, secretFilter, versionFilter } from "../filters.ts";
import { NO_POLICY, policyJson, replacePolicy } from "../identity/policy.ts";
import type { Project, Projects } from "../projects.ts";
import {
  about,
  added,
  created,
  fieldsOf,
  listed,
  maskPaths,
  named,
  refuseEtag,
  updated,
  updateField,
} from "./requests.ts";
import { fullName, secretJson, versionJson } from "./json.ts";
import { parentName, secretName, versionName } from "./names.ts";
import {
  checkFields,
  checkReplication,
  checkSecretId,
  invalid,
  MAX_PAYLOAD_BYTES,
  parse,
  refuseUnsupported,
} from "./rules.ts";
import type { GcpState, StoredSecret, StoredVersion } from "../state.ts";
import { destroyDue, destroyVersion, findVersion, requireEnabled, switchVersion } from "./versions.ts";

/** One call: who, and the request message as JSON (https://protobuf.dev/programming-guides/json/). */
export type Method = (caller: Caller, request: unknown) => Promise<unknown>;

/**
 * `google.cloud.secretmanager.v1.SecretManagerService`, without regional secrets, expiry, etags, tags and managed rotation:
 * https://cloud.google.com/secret-manager/docs/reference/rpc/google.cloud.secretmanager.v1
 *
 * Rights are in force at once; the real service takes minutes (https://cloud.google.com/iam/docs/access-change-propagation).
 * Nothing is encrypted with a customer's key and nothing is published to a topic: both are checked for form only.
 */
export class SecretManager {
  /** The methods by their names in the service. */
  readonly methods: Readonly<Record<string, Method>>;
  private readonly state: GcpState;
  private readonly projects: Projects;
  private readonly callers: Callers;
  private readonly now: () => number;

  constructor(parts: { state: GcpState; projects: Projects; callers: Callers; now: () => number }) {
    this.state = parts.state;
    this.projects = parts.projects;
    this.callers = parts.callers;
    this.now = parts.now;
    const notServed =
      (what: string): Method =>
      () =>
        Promise.reject(notInFake(what));
    this.methods = {
      ListSecrets: (caller, request) => this.listSecrets(caller, request),
      CreateSecret: (caller, request) => this.createSecret(caller, request),
      GetSecret: (caller, request) => this.getSecret(caller, request),
      UpdateSecret: (caller, request) => this.updateSecret(caller, request),
      DeleteSecret: (caller, request) => this.deleteSecret(caller, request),
      AddSecretVersion: (caller, request) => this.addVersion(caller, request),
      ListSecretVersions: (caller, request) => this.listVersions(caller, request),
      GetSecretVersion: (caller, request) => this.getVersion(caller, request),
      AccessSecretVersion: (caller, request) => this.accessVersion(caller, request),
      EnableSecretVersion: (caller, request) => this.changeVersion(caller, request, "enable"),
      DisableSecretVersion: (caller, request) => this.changeVersion(caller, request, "disable"),
      DestroySecretVersion: (caller, request) => this.changeVersion(caller, request, "destroy"),
      GetIamPolicy: (caller, request) => this.getPolicy(caller, request),
      SetIamPolicy: (caller, request) => this.setPolicy(caller, request),
      TestIamPermissions: (caller, request) => this.testPermissions(caller, request),
      EnableManagedRotation: notServed("EnableManagedRotation"),
      RotateSecret: notServed("RotateSecret"),
    };
  }

  private async createSecret(caller: Caller, request: unknown): Promise<unknown> {
    const { parent, secretId, secret } = parse(created, request);
    const project = this.callers.require(
      caller,
      "secretmanager.secrets.create",
      this.projects.find(parentName(parent).project),
      parent,
    );
    checkSecretId(secretId);
    refuseUnsupported(secret);
    const key = keyOf(project, secretId);
    const stored: StoredSecret = {
      project: project.number,
      id: secretId,
      createTime: new Date(this.now()).toISOString(),
      replication: checkReplication(secret.replication),
      policy: NO_POLICY,
      versions: [],
      ...fieldsOf(secret),
    };
    checkFields(stored, this.now(), ["rotation"]);
    if (this.state.data.secrets[key] !== undefined) {
      throw new GcpError("ALREADY_EXISTS", `Secret [${fullName(project, secretId)}] already exists.`);
    }
    this.state.data.secrets[key] = stored;
    await this.state.commit();
    return secretJson(project, stored);
  }

  private getSecret(caller: Caller, request: unknown): Promise<unknown> {
    const { name } = parse(named, request);
    const { project, secret } = this.found(caller, "secretmanager.secrets.get", name);
    return Promise.resolve(secretJson(project, secret));
  }

  private listSecrets(caller: Caller, request: unknown): Promise<unknown> {
    const { parent, filter, pageSize, pageToken } = parse(listed, request);
    const project = this.callers.require(
      caller,
      "secretmanager.secrets.list",
      this.projects.find(parentName(parent).project),
      parent,
    );
    const all = Object.values(this.state.data.secrets)
      .filter((secret) => secret.project === project.number)
      .filter(secretFilter(filter))
      .sort((left, right) => (left.id < right.id ? -1 : 1));
    const { items, next } = page(all, pageSize, pageToken);
    return Promise.resolve({
      secrets: items.map((secret) => secretJson(project, secret)),
      totalSize: all.length,
      ...(next === undefined ? {} : { nextPageToken: next }),
    });
  }

  private async updateSecret(caller: Caller, request: unknown): Promise<unknown> {
    const { secret: input, updateMask } = parse(updated, request);
    const { project, secret } = this.found(caller, "secretmanager.secrets.update", input.name ?? "");
    refuseUnsupported(input);
    const mask = maskPaths(updateMask);
    if (mask.length === 0) throw invalid("Field [update_mask] cannot be empty.");
    const next: StoredSecret = { ...secret };
    for (const path of mask) updateField(next, path, input);
    checkFields(next, this.now(), mask);
    this.state.data.secrets[keyOf(project, secret.id)] = next;
    await this.state.commit();
    return secretJson(project, next);
  }

  private async deleteSecret(caller: Caller, request: unknown): Promise<unknown> {
    const { name, etag } = parse(named, request);
    refuseEtag(etag);
    const { project, secret } = this.found(caller, "secretmanager.secrets.delete", name);
    delete this.state.data.secrets[keyOf(project, secret.id)];
    await this.state.commit();
    return {};
  }

  private async addVersion(caller: Caller, request: unknown): Promise<unknown> {
    const { parent, payload } = parse(added, request);
    const { project, secret } = this.found(caller, "secretmanager.versions.add", parent);
    const data = Buffer.from(payload.data, "base64");
    if (data.length === 0) throw invalid("Secret Payload cannot be empty.");
    if (data.length > MAX_PAYLOAD_BYTES) {
      throw invalid(`Secret Payload cannot be larger than ${MAX_PAYLOAD_BYTES} bytes: it has ${data.length}.`);
    }
    if (payload.dataCrc32c !== undefined && payload.dataCrc32c !== String(crc32c(data))) {
      throw invalid("The provided CRC32C checksum does not match the payload.");
    }
    const version: StoredVersion = {
      number: (secret.versions.at(-1)?.number ?? 0) + 1,
      createTime: new Date(this.now()).toISOString(),
      state: "ENABLED",
      data: data.toString("base64"),
      checksumGiven: payload.dataCrc32c !== undefined,
    };
    secret.versions.push(version);
    await this.state.commit();
    return versionJson(project, secret, version);
  }

  private listVersions(caller: Caller, request: unknown): Promise<unknown> {
    const { parent, filter, pageSize, pageToken } = parse(listed, request);
    const { project, secret } = this.found(caller, "secretmanager.versions.list", parent);
    const all = secret.versions.filter(versionFilter(filter)).reverse();
    const { items, next } = page(all, pageSize, pageToken);
    return Promise.resolve({
      versions: items.map((version) => versionJson(project, secret, version)),
      totalSize: all.length,
      ...(next === undefined ? {} : { nextPageToken: next }),
    });
  }

  private getVersion(caller: Caller, request: unknown): Promise<unknown> {
    const { project, secret, version } = this.foundVersion(
      caller,
      "secretmanager.versions.get",
      parse(named, request).name,
    );
    return Promise.resolve(versionJson(project, secret, version));
  }

  private accessVersion(caller: Caller, request: unknown): Promise<unknown> {
    const { project, secret, version } = this.foundVersion(
      caller,
      "secretmanager.versions.access",
      parse(named, request).name,
    );
    requireEnabled(project, secret, version);
    const data = version.data ?? "";
    return Promise.resolve({
      name: `${fullName(project, secret.id)}/versions/${version.number}`,
      payload: { data, dataCrc32c: String(crc32c(Buffer.from(data, "base64"))) },
    });
  }

  private async changeVersion(
    caller: Caller,
    request: unknown,
    verb: "enable" | "disable" | "destroy",
  ): Promise<unknown> {
    const { name, etag } = parse(named, request);
    refuseEtag(etag);
    const { project, secret, version } = this.foundVersion(caller, `secretmanager.versions.${verb}`, name);
    if (verb === "destroy") destroyVersion(project, secret, version, this.now());
    else switchVersion(project, secret, version, verb === "enable" ? "ENABLED" : "DISABLED");
    await this.state.commit();
    return versionJson(project, secret, version);
  }

  private getPolicy(caller: Caller, request: unknown): Promise<unknown> {
    const { secret } = this.found(caller, "secretmanager.secrets.getIamPolicy", parse(about, request).resource);
    return Promise.resolve(policyJson(secret.policy));
  }

  private async setPolicy(caller: Caller, request: unknown): Promise<unknown> {
    const { resource, policy } = parse(about, request);
    const { secret } = this.found(caller, "secretmanager.secrets.setIamPolicy", resource);
    secret.policy = replacePolicy(secret.policy, policy, (member) => this.callers.problemOf(member));
    await this.state.commit();
    return policyJson(secret.policy);
  }

  // "If the resource does not exist, this call returns an empty set of permissions, not a NOT_FOUND error."
  private testPermissions(caller: Caller, request: unknown): Promise<unknown> {
    const { resource, permissions } = parse(about, request);
    const { project: id, secret: secretId } = secretName(resource);
    const project = this.projects.find(id);
    const secret = project === undefined ? undefined : this.state.data.secrets[keyOf(project, secretId)];
    const held =
      secret === undefined
        ? []
        : (permissions ?? []).filter((permission) => this.callers.may(caller, permission, project, secret.policy));
    return Promise.resolve(held.length === 0 ? {} : { permissions: held });
  }

  private foundVersion(
    caller: Caller,
    permission: string,
    name: string,
  ): { project: Project; secret: StoredSecret; version: StoredVersion } {
    const { project, secret, version } = versionName(name);
    const found = this.found(caller, permission, `projects/${project}/secrets/${secret}`, name);
    return { ...found, version: findVersion(found.project, found.secret, version) };
  }

  private found(
    caller: Caller,
    permission: string,
    name: string,
    resource: string = name,
  ): { project: Project; secret: StoredSecret } {
    const { project: id, secret: secretId } = secretName(name);
    const owner = this.projects.find(id);
    const secret = owner === undefined ? undefined : this.state.data.secrets[keyOf(owner, secretId)];
    const project = this.callers.require(caller, permission, owner, resource, secret?.policy);
    if (secret === undefined) throw new GcpError("NOT_FOUND", `Secret [${fullName(project, secretId)}] not found.`);
    if (destroyDue(secret, this.now())) void this.state.commit();
    return { project, secret };
  }
}

function keyOf(project: Project, secretId: string): string {
  return `${project.number}/${secretId}`;
}
