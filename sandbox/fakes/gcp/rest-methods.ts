import * as z from "zod";
import type { Accounts } from "./identity/accounts.ts";
import type { Callers } from "./identity/callers.ts";
import type { Method } from "./secret-manager/methods.ts";
import type { Pools } from "./identity/pools.ts";
import type { Projects } from "./projects.ts";
import type { RestHosts, RestMethod, RestRequest } from "./rest.ts";
import { parse } from "./secret-manager/rules.ts";
import type { TokenExchange } from "./identity/token-exchange.ts";

/** What is served over REST. */
export interface RestParts {
  readonly callers: Callers;
  readonly projects: Projects;
  readonly secrets: Readonly<Record<string, Method>>;
  readonly credentials: Readonly<Record<string, Method>>;
  readonly pools: Pools;
  readonly accounts: Accounts;
  readonly exchange: TokenExchange;
}

/** Every host and its methods. */
export function restHosts(parts: RestParts): RestHosts {
  return {
    "secretmanager.googleapis.com": secretMethods(parts),
    "iam.googleapis.com": [...poolMethods(parts), ...accountMethods(parts)],
    "iamcredentials.googleapis.com": [credentialsMethod(parts)],
    "cloudresourcemanager.googleapis.com": [projectMethod(parts)],
    "cloudbilling.googleapis.com": [billingMethod(parts)],
    "sts.googleapis.com": [
      rest("ExchangeToken", "POST", /^\/v1\/token$/, ({ body }) => parts.exchange.federated(parse(fields, body))),
    ],
    "securetoken.googleapis.com": [
      rest("IdentityBindingToken", "POST", /^\/v1\/identitybindingtoken$/, ({ body }) =>
        parts.exchange.identityBinding(parse(fields, body)),
      ),
    ],
  };
}

const fields = z.record(z.string(), z.string());
const policyBody = z.strictObject({ policy: z.unknown(), updateMask: z.string().optional() });

function rest(operation: string, method: string, path: RegExp, serve: RestMethod["serve"]): RestMethod {
  return { operation, method, path, serve };
}

/** The rules of service.proto: which parts of the URL and the body make which field of the request. */
function secretMethods({ callers, secrets }: RestParts): RestMethod[] {
  const call =
    (name: string, message: (request: RestRequest) => object) =>
    (request: RestRequest): unknown =>
      secrets[name]?.(callers.identify(request.authorization), message(request));
  const bodyAnd = (request: RestRequest, more: object): object => ({ ...(request.body as object), ...more });
  const method = (name: string, verb: string, path: RegExp, message: (request: RestRequest) => object) =>
    rest(name, verb, path, call(name, message));
  const secret = "(projects/[^/]+/secrets/[^/:]+)";
  const version = "(projects/[^/]+/secrets/[^/]+/versions/[^/:]+)";
  const at = (pattern: string) => new RegExp(`^/v1/${pattern}$`);
  const named = ({ parts: [name] }: RestRequest) => ({ name });
  const list = ({ parts: [parent], query }: RestRequest) => ({ parent, ...known(query) });
  const change = (verb: string) => `${version}:${verb}`;
  return [
    method("ListSecrets", "GET", at("(projects/[^/]+)/secrets"), list),
    method("CreateSecret", "POST", at("(projects/[^/]+)/secrets"), ({ parts: [parent], query, body }) => ({
      parent,
      secretId: query["secretId"] ?? "",
      secret: body,
    })),
    method("AddSecretVersion", "POST", at(`${secret}:addVersion`), (request) =>
      bodyAnd(request, { parent: request.parts[0] }),
    ),
    method("GetSecret", "GET", at(secret), named),
    method("UpdateSecret", "PATCH", at(secret), (request) => ({
      secret: bodyAnd(request, { name: request.parts[0] }),
      updateMask: request.query["updateMask"] ?? "",
    })),
    method("DeleteSecret", "DELETE", at(secret), ({ parts: [name], query }) => ({ name, ...known(query) })),
    method("ListSecretVersions", "GET", at(`${secret}/versions`), list),
    method("GetSecretVersion", "GET", at(version), named),
    method("AccessSecretVersion", "GET", at(change("access")), named),
    method("EnableSecretVersion", "POST", at(change("enable")), (request) => bodyAnd(request, named(request))),
    method("DisableSecretVersion", "POST", at(change("disable")), (request) => bodyAnd(request, named(request))),
    method("DestroySecretVersion", "POST", at(change("destroy")), (request) => bodyAnd(request, named(request))),
    method("GetIamPolicy", "GET", at(`${secret}:getIamPolicy`), ({ parts: [resource] }) => ({ resource })),
    method("SetIamPolicy", "POST", at(`${secret}:setIamPolicy`), (request) =>
      bodyAnd(request, { resource: request.parts[0] }),
    ),
    method("TestIamPermissions", "POST", at(`${secret}:testIamPermissions`), (request) =>
      bodyAnd(request, { resource: request.parts[0] }),
    ),
  ];
}

// Query parameters that every Google API knows and that say nothing about the resource.
function known(query: Readonly<Record<string, string>>): Record<string, string> {
  const { alt: _alt, prettyPrint: _pretty, ...rest } = query;
  return rest;
}

function poolMethods({ callers, pools }: RestParts): RestMethod[] {
  const collection = "(projects/[^/]+/locations/global/workloadIdentityPools(?:/[^/]+/providers)?)";
  const one = "(projects/[^/]+/locations/global/workloadIdentityPools/[^/:]+(?:/providers/[^/:]+)?)";
  const at = (pattern: string) => new RegExp(`^/v1/${pattern}$`);
  const caller = ({ authorization }: RestRequest) => callers.identify(authorization);
  const name = ({ parts: [given = ""] }: RestRequest) => given;
  return [
    rest("CreateWorkloadIdentityPool", "POST", at(collection), (request) => {
      const { workloadIdentityPoolId, workloadIdentityPoolProviderId } = request.query;
      const id = workloadIdentityPoolProviderId ?? workloadIdentityPoolId ?? "";
      return pools.create(caller(request), name(request), id, request.body);
    }),
    rest("GetWorkloadIdentityPool", "GET", at(one), (request) => pools.get(caller(request), name(request))),
    rest("UpdateWorkloadIdentityPool", "PATCH", at(one), (request) =>
      pools.update(caller(request), name(request), request.query["updateMask"] ?? "", request.body),
    ),
    rest("DeleteWorkloadIdentityPool", "DELETE", at(one), (request) => pools.delete(caller(request), name(request))),
    rest("UndeleteWorkloadIdentityPool", "POST", at(`${one}:undelete`), (request) =>
      pools.undelete(caller(request), name(request)),
    ),
    // All is done when the operation is handed out: whoever asks learns that it is over.
    rest("GetOperation", "GET", at(`${one}/operations/([^/:]+)`), (request) => {
      caller(request);
      return { name: request.parts.join("/operations/"), done: true, response: {} };
    }),
  ];
}

function accountMethods({ callers, accounts }: RestParts): RestMethod[] {
  const one = "(projects/[^/]+/serviceAccounts/[^/:]+)";
  const at = (pattern: string) => new RegExp(`^/v1/${pattern}$`);
  const caller = ({ authorization }: RestRequest) => callers.identify(authorization);
  const name = ({ parts: [given = ""] }: RestRequest) => given;
  return [
    rest("CreateServiceAccount", "POST", at("projects/([^/]+)/serviceAccounts"), (request) =>
      accounts.create(caller(request), name(request), request.body),
    ),
    rest("GetServiceAccount", "GET", at(one), (request) => accounts.get(caller(request), name(request))),
    rest("PatchServiceAccount", "PATCH", at(one), (request) =>
      accounts.patch(caller(request), name(request), request.body),
    ),
    rest("DeleteServiceAccount", "DELETE", at(one), (request) => accounts.delete(caller(request), name(request))),
    rest("EnableServiceAccount", "POST", at(`${one}:enable`), (request) =>
      accounts.switch(caller(request), name(request), "enable"),
    ),
    rest("DisableServiceAccount", "POST", at(`${one}:disable`), (request) =>
      accounts.switch(caller(request), name(request), "disable"),
    ),
    rest("GetServiceAccountIamPolicy", "POST", at(`${one}:getIamPolicy`), (request) =>
      accounts.getPolicy(caller(request), name(request)),
    ),
    rest("SetServiceAccountIamPolicy", "POST", at(`${one}:setIamPolicy`), (request) =>
      accounts.setPolicy(caller(request), name(request), parse(policyBody, request.body).policy),
    ),
  ];
}

function credentialsMethod({ callers, credentials }: RestParts): RestMethod {
  const path = /^\/v1\/(projects\/-\/serviceAccounts\/[^/:]+):generateAccessToken$/;
  return rest("GenerateAccessToken", "POST", path, (request) =>
    credentials["GenerateAccessToken"]?.(callers.identify(request.authorization), {
      ...(request.body as object),
      name: request.parts[0],
    }),
  );
}

/** https://cloud.google.com/resource-manager/reference/rest/v1/projects/get, and v3 with its other form. */
function projectMethod({ callers, projects }: RestParts): RestMethod {
  return rest(
    "GetProject",
    "GET",
    /^\/(v1|v3)\/projects\/([^/:]+)$/,
    ({ parts: [version, id = ""], authorization }) => {
      const permission = "resourcemanager.projects.get";
      const resource = `projects/${id}`;
      const { id: projectId, number } = callers.require(
        callers.identify(authorization),
        permission,
        projects.find(id),
        resource,
      );
      if (version === "v3") return { name: `projects/${number}`, projectId, state: "ACTIVE", displayName: projectId };
      return { projectNumber: number, projectId, lifecycleState: "ACTIVE", name: projectId };
    },
  );
}

/** https://cloud.google.com/billing/docs/reference/rest/v1/projects/getBillingInfo: asked for with every project, and nobody pays here. */
function billingMethod({ callers, projects }: RestParts): RestMethod {
  return rest(
    "GetBillingInfo",
    "GET",
    /^\/v1\/projects\/([^/:]+)\/billingInfo$/,
    ({ parts: [id = ""], authorization }) => {
      const caller = callers.identify(authorization);
      const resource = `projects/${id}`;
      const project = callers.require(caller, "resourcemanager.projects.get", projects.find(id), resource);
      return {
        name: `projects/${project.id}/billingInfo`,
        projectId: project.id,
        billingAccountName: "",
        billingEnabled: false,
      };
    },
  );
}
