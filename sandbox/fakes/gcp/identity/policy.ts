import { createHash } from "node:crypto";
import * as z from "zod";
import { GcpError, notInFake } from "../errors.ts";

/** Who is bound to a role. */
export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
}

/** An allow policy (https://cloud.google.com/iam/docs/reference/rest/v1/Policy). */
export interface Policy {
  readonly bindings: readonly Binding[];
  readonly etag: string;
}

/** A policy without bindings, with the tag that Google gives such a one. */
export const NO_POLICY: Policy = { bindings: [], etag: "ACAB" };

/**
 * What the roles of this fake permit, of what it asks for.
 * https://cloud.google.com/secret-manager/docs/access-control and https://cloud.google.com/iam/docs/roles-permissions/iam
 */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  "roles/secretmanager.secretAccessor": ["secretmanager.versions.access"],
  "roles/secretmanager.viewer": [
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.list",
    "secretmanager.versions.get",
    "secretmanager.versions.list",
  ],
  "roles/secretmanager.secretVersionAdder": ["secretmanager.versions.add"],
  "roles/secretmanager.secretVersionManager": [
    "secretmanager.versions.add",
    "secretmanager.versions.destroy",
    "secretmanager.versions.disable",
    "secretmanager.versions.enable",
    "secretmanager.versions.get",
    "secretmanager.versions.list",
  ],
  "roles/secretmanager.admin": ["secretmanager."],
  "roles/iam.workloadIdentityUser": ["iam.serviceAccounts.get", "iam.serviceAccounts.getAccessToken"],
  "roles/iam.serviceAccountTokenCreator": ["iam.serviceAccounts.get", "iam.serviceAccounts.getAccessToken"],
  "roles/iam.workloadIdentityPoolAdmin": ["iam.workloadIdentityPools.", "iam.workloadIdentityPoolProviders."],
  "roles/iam.serviceAccountAdmin": [
    "iam.serviceAccounts.create",
    "iam.serviceAccounts.delete",
    "iam.serviceAccounts.disable",
    "iam.serviceAccounts.enable",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "iam.serviceAccounts.setIamPolicy",
    "iam.serviceAccounts.update",
  ],
  "roles/browser": ["resourcemanager.projects.get"],
};

/** The roles of the account that deploys, on the project: enough for the program, and no `roles/owner`. */
export const DEPLOYER_ROLES = [
  "roles/secretmanager.admin",
  "roles/iam.workloadIdentityPoolAdmin",
  "roles/iam.serviceAccountAdmin",
  "roles/browser",
] as const;

/** Whether one of the policies lets someone with these names do this. */
export function permits(policies: readonly Policy[], members: ReadonlySet<string>, permission: string): boolean {
  return policies.some(({ bindings }) =>
    bindings.some(({ role, members: bound }) => grants(role, permission) && bound.some((name) => members.has(name))),
  );
}

// An entry that ends in a dot is a service or a kind of resource with all that can be done to it.
function grants(role: string, permission: string): boolean {
  return (ROLES[role] ?? []).some(
    (entry) => entry === permission || (entry.endsWith(".") && permission.startsWith(entry)),
  );
}

const policySchema = z.strictObject({
  version: z.number().optional(),
  etag: z.string().optional(),
  bindings: z
    .array(
      z
        .strictObject({ role: z.string(), members: z.array(z.string()).default([]), condition: z.unknown() })
        .partial({ condition: true }),
    )
    .default([]),
  auditConfigs: z.unknown().optional(),
});

/** The policy after a `setIamPolicy`. `exists` says whether a member can be bound at all. */
export function replacePolicy(current: Policy, body: unknown, exists: (member: string) => string | undefined): Policy {
  const parsed = policySchema.safeParse(body ?? {});
  if (!parsed.success)
    throw new GcpError("INVALID_ARGUMENT", `Invalid value at 'policy': ${z.prettifyError(parsed.error)}`);
  const { bindings, etag, auditConfigs } = parsed.data;
  if (auditConfigs !== undefined) throw notInFake("audit configurations in a policy");
  if (bindings.some(({ condition }) => condition !== undefined)) throw notInFake("conditions in a policy");
  if (etag !== undefined && etag !== "" && etag !== current.etag) {
    throw new GcpError(
      "ABORTED",
      "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.",
    );
  }
  for (const { role, members } of bindings) {
    if (ROLES[role] === undefined)
      throw new GcpError("INVALID_ARGUMENT", `Role ${role} is not supported for this resource.`);
    for (const member of members) {
      const problem = exists(member);
      if (problem !== undefined) throw new GcpError("INVALID_ARGUMENT", problem);
    }
  }
  return tagged(merged(bindings));
}

/** The policy with one member under another name, or without it. */
export function renameMember(policy: Policy, from: string, to: string): Policy {
  if (!policy.bindings.some(({ members }) => members.includes(from))) return policy;
  const bindings = policy.bindings.map(({ role, members }) => ({
    role,
    members: members.map((member) => (member === from ? to : member)),
  }));
  return tagged(bindings);
}

/** The policy as the API shows it: `bindings` is absent when there are none. */
export function policyJson({ bindings, etag }: Policy): unknown {
  return bindings.length === 0 ? { etag } : { version: 1, etag, bindings };
}

function merged(bindings: readonly Binding[]): Binding[] {
  const byRole = new Map<string, Set<string>>();
  for (const { role, members } of bindings) {
    const known = byRole.get(role) ?? new Set<string>();
    for (const member of members) known.add(member);
    byRole.set(role, known);
  }
  return [...byRole]
    .filter(([, members]) => members.size > 0)
    .map(([role, members]) => ({ role, members: [...members].sort() }))
    .sort((left, right) => (left.role < right.role ? -1 : 1));
}

function tagged(bindings: readonly Binding[]): Policy {
  if (bindings.length === 0) return NO_POLICY;
  return { bindings, etag: createHash("sha256").update(JSON.stringify(bindings)).digest("base64").slice(0, 12) };
}
