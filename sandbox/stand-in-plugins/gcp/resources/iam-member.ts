import { setTimeout as sleep } from "node:timers/promises";
import { NotInStandIn } from "../../support/errors.ts";
import { isJsonMap, type JsonMap, type PropertyMap, textOf, type Value } from "../../support/values.ts";
import { GoogleApiError, isNotFound } from "../client.ts";
import { projectOf, sameResource } from "../names.ts";
import type { GcpContext, GcpResource } from "../resource.ts";
import { SECRET_MANAGER, wrapped } from "./secret.ts";

/** A thing with an allow policy. */
interface Target {
  /** Its full name, which ids begin with. */
  readonly name: string;
  readonly url: string;
  /** Secret Manager reads policies with GET, IAM with POST. */
  readonly readMethod: "GET" | "POST";
  /** Outputs that name it. */
  readonly outputs: PropertyMap;
}

interface Policy {
  readonly etag: string;
  readonly bindings: readonly { readonly role: string; readonly members: readonly string[] }[];
}

const ATTEMPTS = 10;
const FIRST_WAIT_MS = 100;

/**
 * One member of one role on a secret: the rest of the policy is left alone (hashicorp/terraform-provider-google,
 * google/tpgiamresource/resource_iam_member.go and iam.go; google/services/secretmanager/iam_secret_manager_secret.go).
 */
export const secretIamMember: GcpResource = memberOf(
  { secretId: { forceNew: true, same: sameResource }, project: { forceNew: true, computed: true } },
  ["secretId"],
  (context, properties) => {
    const given = textOf(properties["secretId"]);
    const [, project, id] = /^projects\/([^/]+)\/secrets\/([^/]+)$/.exec(given) ?? [];
    const home = project ?? projectOf(properties, context);
    const name = `projects/${home}/secrets/${id ?? given}`;
    return { name, url: `${SECRET_MANAGER}/${name}`, readMethod: "GET", outputs: { project: home, secretId: name } };
  },
);

/** The same on a service account (google/services/resourcemanager/iam_service_account.go). */
export const accountIamMember: GcpResource = memberOf(
  { serviceAccountId: { forceNew: true } },
  ["serviceAccountId"],
  (_context, properties) => {
    const name = textOf(properties["serviceAccountId"]);
    const url = `https://iam.googleapis.com/v1/${name}`;
    return { name, url, readMethod: "POST", outputs: { serviceAccountId: name } };
  },
);

function memberOf(
  naming: GcpResource["fields"],
  namingRequired: readonly string[],
  targetOf: (context: GcpContext, properties: PropertyMap) => Target,
): GcpResource {
  const [nameField = ""] = namingRequired;
  return {
    fields: {
      ...naming,
      role: { forceNew: true },
      member: { forceNew: true, same: sameMember },
      condition: { forceNew: true },
    },
    required: [...namingRequired, "role", "member"],
    computed: ["etag"],
    secretOutputs: [],
    validate: ({ condition, member }) => [
      ...(condition === undefined
        ? []
        : [{ property: "condition", reason: new NotInStandIn("gcp", "A condition of a binding").message }]),
      ...(/.+:.+|^all(?:Authenticated)?Users$/.test(textOf(member)) && !textOf(member).startsWith("deleted")
        ? []
        : [{ property: "member", reason: `invalid value for member: ${textOf(member)}` }]),
    ],
    create: async (context, inputs) => {
      const target = targetOf(context, inputs);
      const role = textOf(inputs["role"]);
      const member = textOf(inputs["member"]);
      await modify(context, target, (bindings) => {
        bindings.set(role, (bindings.get(role) ?? new Set()).add(member));
      });
      return `${target.name}/${role}/${member}`;
    },
    read: async (context, id, known) => {
      const properties = known["role"] === undefined ? imported(id, nameField) : known;
      const target = targetOf(context, properties);
      const role = textOf(properties["role"]);
      const policy = await readPolicy(context, target);
      const members = policy?.bindings.find((binding) => binding.role === role)?.members ?? [];
      const member = members.find((one) => sameMember(one, properties["member"]));
      if (policy === undefined || member === undefined) return undefined;
      return { ...target.outputs, role, member, etag: policy.etag };
    },
    remove: async (context, _id, state) => {
      const target = targetOf(context, state);
      try {
        await modify(context, target, (bindings) => {
          bindings.get(textOf(state["role"]))?.delete(textOf(state["member"]));
        });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };
}

// iamMemberIsCaseSensitive in iam.go: principals have case, e-mail addresses do not.
function sameMember(old: Value | undefined, next: Value | undefined): boolean {
  const [left, right] = [textOf(old), textOf(next)];
  const hasCase = /^(?:deleted:)?principal(?:Set)?:/.test(left) || /\[.*\]$/.test(left);
  return hasCase ? left === right : left.toLowerCase() === right.toLowerCase();
}

function imported(id: string, nameField: string): PropertyMap {
  const [name, role, member, ...rest] = id.split(/\s+/);
  if (name === undefined || role === undefined || member === undefined || rest.length > 0) {
    throw new Error(`Wrong number of parts to Member id ${id}; expected 'resource_name role member'.`);
  }
  return { [nameField]: name, role, member };
}

// One at a time for each policy, as the provider's mutex does: parallel changes would only refuse each other.
const turns = new Map<string, Promise<unknown>>();

function modify(
  context: GcpContext,
  target: Target,
  change: (bindings: Map<string, Set<string>>) => void,
): Promise<void> {
  const turn = (turns.get(target.name) ?? Promise.resolve()).then(
    () => readModifyWrite(context, target, change),
    () => readModifyWrite(context, target, change),
  );
  turns.set(target.name, turn);
  return turn;
}

async function readModifyWrite(
  context: GcpContext,
  target: Target,
  change: (bindings: Map<string, Set<string>>) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const body: JsonMap = target.readMethod === "GET" ? {} : { options: { requestedPolicyVersion: 3 } };
    const policy = policyOf(await ask(context, target, target.readMethod, "getIamPolicy", body));
    const bindings = new Map(policy.bindings.map(({ role, members }) => [role, new Set(members)]));
    change(bindings);
    const next = [...bindings]
      .filter(([, members]) => members.size > 0)
      .map(([role, members]) => ({ role, members: [...members] }));
    try {
      await ask(context, target, "POST", "setIamPolicy", { policy: { version: 3, etag: policy.etag, bindings: next } });
      return;
    } catch (error) {
      // Someone else was faster: the whole change starts over, on what is there now (iam.go, iamPolicyReadModifyWrite).
      if (!(error instanceof GoogleApiError) || error.status !== 409 || attempt >= ATTEMPTS) {
        throw isNotFound(error) ? error : wrapped(`Error setting IAM policy for ${target.name}`, error);
      }
    }
    await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), undefined, { signal: context.signal });
  }
}

async function readPolicy(context: GcpContext, target: Target): Promise<Policy | undefined> {
  try {
    return policyOf(await ask(context, target, target.readMethod, "getIamPolicy", {}));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw wrapped(`Error retrieving IAM policy for ${target.name}`, error);
  }
}

function ask(
  context: GcpContext,
  target: Target,
  method: "GET" | "POST",
  verb: string,
  body: JsonMap,
): Promise<JsonMap> {
  const content = method === "GET" ? {} : { body };
  return context.api.call(method, `${target.url}:${verb}`, { ...content, signal: context.signal });
}

function policyOf(answer: JsonMap): Policy {
  const bindings = Array.isArray(answer["bindings"]) ? answer["bindings"].filter(isJsonMap) : [];
  return {
    etag: textOf(answer["etag"]),
    bindings: bindings.map(({ role, members }) => ({
      role: textOf(role),
      members: Array.isArray(members) ? members.map((member) => textOf(member)) : [],
    })),
  };
}
