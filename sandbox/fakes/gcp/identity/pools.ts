/**
 * Workload identity pools and their OIDC providers:
 * https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools
 */
import { createPublicKey, type JsonWebKey } from "node:crypto";
import * as z from "zod";
import type { Caller, Callers } from "./callers.ts";
import { GcpError, notInFake } from "../errors.ts";
import { checkCondition, checkMapping } from "./mapping.ts";
import type { Projects } from "../projects.ts";
import { invalid, parse } from "../secret-manager/rules.ts";
import type { GcpState, StoredPool, StoredProvider } from "../state.ts";

const KEPT_MS = 30 * 24 * 3600 * 1000;
const ID = /^[a-z0-9-]{4,32}$/;

const common = {
  name: z.string().optional(),
  state: z.string().optional(),
  expireTime: z.string().optional(),
  displayName: z.string().max(32).optional(),
  description: z.string().max(256).optional(),
  disabled: z.boolean().optional(),
};
const poolSchema = z.strictObject({ ...common, mode: z.string().optional() });
const providerSchema = z.strictObject({
  ...common,
  oidc: z
    .strictObject({
      issuerUri: z.string(),
      allowedAudiences: z.array(z.string().max(256)).max(10).optional(),
      jwksJson: z.string().optional(),
    })
    .optional(),
  attributeMapping: z.record(z.string(), z.string().max(2048)).default({}),
  attributeCondition: z.string().max(4096).optional(),
  aws: z.unknown().optional(),
  saml: z.unknown().optional(),
  x509: z.unknown().optional(),
});

type Kind = "workloadIdentityPools" | "workloadIdentityPoolProviders";

/** What a request is about: the pool's name as it was given, and the name that answers use. */
interface Target {
  readonly kind: Kind;
  readonly given: string;
  readonly name: string;
  readonly projectId: string;
}

/** The pools of all projects. Changes are done at once; the operation that is answered says so when asked. */
export class Pools {
  private readonly state: GcpState;
  private readonly projects: Projects;
  private readonly callers: Callers;
  private readonly now: () => number;
  private operations = 0;

  constructor(parts: { state: GcpState; projects: Projects; callers: Callers; now: () => number }) {
    this.state = parts.state;
    this.projects = parts.projects;
    this.callers = parts.callers;
    this.now = parts.now;
  }

  /** Creates a pool, or with a path that ends in `/providers` a provider. */
  async create(caller: Caller, collection: string, id: string, body: unknown): Promise<unknown> {
    const target = this.target(`${collection}/${id}`);
    this.require(caller, target, "create", collection.replace(/\/(workloadIdentityPools|providers)$/, ""));
    if (!ID.test(id) || id.startsWith("gcp-")) {
      throw invalid(`${idField(target.kind)} must be 4-32 characters of [a-z0-9-], without the prefix gcp-: ${id}`);
    }
    if (this.stored(target) !== undefined) throw new GcpError("ALREADY_EXISTS", "Requested entity already exists");
    if (target.kind === "workloadIdentityPools") this.state.data.pools[target.name] = newPool(target.name, body);
    else {
      this.activePool(target.name);
      this.state.data.providers[target.name] = newProvider(target.name, body);
    }
    return this.done(target);
  }

  /** Shows one, deleted ones too. */
  get(caller: Caller, given: string): unknown {
    const target = this.target(given);
    this.require(caller, target, "get", given);
    return this.existing(target);
  }

  /** Changes the fields that the mask names. */
  async update(caller: Caller, given: string, mask: string, body: unknown): Promise<unknown> {
    const target = this.target(given);
    this.require(caller, target, "update", given);
    const stored = this.existing(target);
    if (stored.state === "DELETED") throw new GcpError("NOT_FOUND", "Requested entity was not found.");
    const paths = mask.split(",").filter((path) => path !== "");
    if (paths.length === 0) throw invalid("The update mask is empty.");
    const next = changed(stored, target.kind, paths, body);
    if (target.kind === "workloadIdentityPools") this.state.data.pools[target.name] = next;
    else this.state.data.providers[target.name] = next as StoredProvider;
    return this.done(target);
  }

  /** Deletes softly: gone for tokens, and its id stays taken for thirty days. */
  async delete(caller: Caller, given: string): Promise<unknown> {
    const target = this.target(given);
    this.require(caller, target, "delete", given);
    const stored = this.existing(target);
    if (stored.state === "DELETED") throw new GcpError("NOT_FOUND", "Requested entity was not found.");
    stored.state = "DELETED";
    stored.expireTime = new Date(this.now() + KEPT_MS).toISOString();
    return this.done(target);
  }

  /** Takes a deletion back. */
  async undelete(caller: Caller, given: string): Promise<unknown> {
    const target = this.target(given);
    this.require(caller, target, "undelete", given);
    const stored = this.existing(target);
    if (stored.state === "ACTIVE") throw new GcpError("FAILED_PRECONDITION", "Entity is not deleted.");
    stored.state = "ACTIVE";
    delete stored.expireTime;
    return this.done(target);
  }

  /** A provider that exchanges tokens; undefined when it or its pool is not there, deleted or disabled. */
  usable(name: string): StoredProvider | undefined {
    const target = this.target(name);
    const [pool] = name.split("/providers/");
    const usable = (item: StoredPool | undefined) => item?.state === "ACTIVE" && item.disabled !== true;
    const provider = this.state.data.providers[target.name];
    return usable(this.state.data.pools[pool ?? ""]) && usable(provider) ? provider : undefined;
  }

  private done(target: Target): Promise<unknown> {
    this.operations += 1;
    const name = `${target.name}/operations/${this.now().toString(36)}${this.operations}`;
    return this.state.commit().then(() => ({ name, done: false }));
  }

  private target(given: string): Target {
    const [, projectId = "", rest = ""] =
      /^projects\/([^/]+)\/locations\/global\/(workloadIdentityPools\/[^/]+(?:\/providers\/[^/]+)?)$/.exec(given) ?? [];
    if (rest === "") throw invalid(`Invalid resource name: ${given}`);
    const number = this.projects.find(projectId)?.number ?? projectId;
    return {
      kind: rest.includes("/providers/") ? "workloadIdentityPoolProviders" : "workloadIdentityPools",
      given,
      name: `projects/${number}/locations/global/${rest}`,
      projectId,
    };
  }

  private require(caller: Caller, { kind, projectId }: Target, verb: string, resource: string): void {
    this.callers.requireIam(caller, `iam.${kind}.${verb}`, this.projects.find(projectId), resource);
  }

  private activePool(provider: string): void {
    const [pool = ""] = provider.split("/providers/");
    if (this.state.data.pools[pool]?.state !== "ACTIVE")
      throw new GcpError("NOT_FOUND", "Requested entity was not found.");
  }

  private existing(target: Target): StoredPool {
    const stored = this.stored(target);
    if (stored === undefined) throw new GcpError("NOT_FOUND", "Requested entity was not found.");
    return stored;
  }

  // What was deleted thirty days ago is gone.
  private stored({ kind, name }: Target): StoredPool | undefined {
    const all: Record<string, StoredPool> =
      kind === "workloadIdentityPools" ? this.state.data.pools : this.state.data.providers;
    const found = all[name];
    if (found?.expireTime === undefined || Date.parse(found.expireTime) > this.now()) return found;
    delete all[name];
    return undefined;
  }
}

function idField(kind: Kind): string {
  return kind === "workloadIdentityPools" ? "workloadIdentityPoolId" : "workloadIdentityPoolProviderId";
}

function newPool(name: string, body: unknown): StoredPool {
  const { displayName, description, disabled, mode } = parse(poolSchema, body);
  if (![undefined, "MODE_UNSPECIFIED", "FEDERATION_ONLY"].includes(mode)) throw notInFake(`pools of mode ${mode}`);
  return { name, state: "ACTIVE", ...present({ displayName, description, disabled }) };
}

function newProvider(name: string, body: unknown): StoredProvider {
  const { displayName, description, disabled, oidc, attributeMapping, attributeCondition, aws, saml, x509 } = parse(
    providerSchema,
    body,
  );
  if (aws !== undefined || saml !== undefined || x509 !== undefined)
    throw notInFake("providers of another kind than OIDC");
  if (oidc === undefined) throw invalid("One of aws, oidc, saml and x509 must be set.");
  checkOidc(oidc);
  checkMapping(attributeMapping);
  if (attributeCondition !== undefined && attributeCondition !== "") checkCondition(attributeCondition);
  const { issuerUri, allowedAudiences, jwksJson } = oidc;
  return {
    name,
    state: "ACTIVE",
    oidc: { issuerUri, ...present({ allowedAudiences, jwksJson }) },
    attributeMapping,
    ...present({ displayName, description, disabled, attributeCondition }),
  };
}

// https://cloud.google.com/iam/docs/troubleshooting-workload-identity-federation has the words about JWKs.
function checkOidc({
  issuerUri,
  jwksJson,
}: StoredProvider["oidc"] | { issuerUri: string; jwksJson?: string | undefined }): void {
  if (!/^https:\/\/[^?#]+$/.test(issuerUri)) throw invalid(`The issuer URI must start with https:// : ${issuerUri}`);
  if (jwksJson === undefined || jwksJson === "") return;
  try {
    const { keys } = JSON.parse(jwksJson) as { keys: JsonWebKey[] };
    for (const key of keys) createPublicKey({ key, format: "jwk" });
  } catch {
    throw invalid("Input JWK is not in a valid json format.");
  }
}

function changed(stored: StoredPool, kind: Kind, paths: readonly string[], body: unknown): StoredPool {
  const input = (kind === "workloadIdentityPools" ? parse(poolSchema, body) : parse(providerSchema, body)) as Record<
    string,
    unknown
  >;
  const next = structuredClone(stored) as StoredPool & Record<string, unknown>;
  const oidc = (input["oidc"] ?? {}) as Record<string, unknown>;
  for (const path of paths.map(camelCase)) {
    const [top = "", field] = path.split(".");
    const allowed = kind === "workloadIdentityPools" ? POOL_FIELDS : PROVIDER_FIELDS;
    if (!allowed.includes(top)) throw invalid(`Attempted to update an immutable field: ${path}`);
    if (top === "oidc" && field !== undefined)
      next["oidc"] = { ...(next["oidc"] as object), ...set(field, oidc[field]) };
    else if (input[top] === undefined || input[top] === "") delete next[top];
    else next[top] = input[top];
  }
  if (kind === "workloadIdentityPools") return next;
  const { oidc: settings, attributeMapping, attributeCondition } = next as unknown as StoredProvider;
  checkOidc(settings);
  checkMapping(attributeMapping);
  if (attributeCondition !== undefined && attributeCondition !== "") checkCondition(attributeCondition);
  return next;
}

const POOL_FIELDS = ["displayName", "description", "disabled"];
const PROVIDER_FIELDS = [...POOL_FIELDS, "oidc", "attributeMapping", "attributeCondition"];

function set(field: string, value: unknown): Record<string, unknown> {
  return value === undefined ? { [field]: undefined } : { [field]: value };
}

function camelCase(path: string): string {
  return path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function present<Fields extends Record<string, unknown>>(fields: Fields): Present<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""),
  ) as Present<Fields>;
}
