import { AzureRefusal } from "../answers.ts";
import { type ArmAnswer, type ArmCall, type ArmType, badRequest, part } from "./types.ts";
import { AZURE_SANDBOX } from "../directory.ts";
import { knownRole, roleOf } from "../rbac.ts";
import type { RoleAssignment } from "../state.ts";
import { objectOf } from "../vault/bodies.ts";

const TYPE = "Microsoft.Authorization/roleAssignments";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Role assignments: https://learn.microsoft.com/rest/api/authorization/role-assignments */
export const AUTHORIZATION: readonly ArmType[] = [
  {
    name: TYPE,
    pattern: /^(?<scope>\/.+)\/providers\/Microsoft\.Authorization\/roleAssignments\/(?<assignment>[^/]+)$/i,
    methods: { GET: get, PUT: put, DELETE: remove },
  },
  {
    name: TYPE,
    pattern: /^(?<scope>\/.+)\/providers\/Microsoft\.Authorization\/roleAssignments$/i,
    methods: {
      GET: (call) => {
        const scope = part(call, "scope").toLowerCase();
        const all = Object.values(call.store.state.roleAssignments);
        return {
          status: 200,
          body: { value: all.filter((one) => one.scope.toLowerCase() === scope).map(assignmentOf) },
        };
      },
    },
  },
];

function get(call: ArmCall): ArmAnswer {
  const found = call.store.state.roleAssignments[call.path.toLowerCase()];
  if (found === undefined) {
    throw new AzureRefusal(
      404,
      "RoleAssignmentNotFound",
      `The role assignment '${part(call, "assignment")}' is not found.`,
    );
  }
  return { status: 200, body: assignmentOf(found) };
}

function put(call: ArmCall): ArmAnswer {
  const name = part(call, "assignment");
  if (!GUID.test(name)) {
    throw new AzureRefusal(
      400,
      "InvalidRoleAssignmentId",
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  const scope = part(call, "scope");
  checkScope(scope);
  const properties = propertiesOf(call);
  const { roleAssignments } = call.store.state;
  const before = roleAssignments[call.path.toLowerCase()];
  if (before !== undefined) {
    if (sameGrant(before, scope, properties)) return { status: 200, body: assignmentOf(before) };
    throw new AzureRefusal(
      409,
      "RoleAssignmentUpdateNotPermitted",
      "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    );
  }
  const twin = Object.values(roleAssignments).find((one) => sameGrant(one, scope, properties));
  if (twin !== undefined) {
    throw new AzureRefusal(
      409,
      "RoleAssignmentExists",
      `The role assignment already exists. The ID of the conflicting role assignment is ${twin.name.replaceAll("-", "")}.`,
    );
  }
  const effectiveAt = call.now() + call.rolePropagationMs;
  const made: RoleAssignment = { id: call.path, name, scope, properties, effectiveAt };
  roleAssignments[call.path.toLowerCase()] = made;
  return { status: 201, body: assignmentOf(made) };
}

function remove(call: ArmCall): ArmAnswer {
  const { roleAssignments } = call.store.state;
  const found = roleAssignments[call.path.toLowerCase()];
  if (found === undefined) return { status: 204 };
  delete roleAssignments[call.path.toLowerCase()];
  return { status: 200, body: assignmentOf(found) };
}

function checkScope(scope: string): void {
  if (scope.toLowerCase().startsWith(`/subscriptions/${AZURE_SANDBOX.subscriptionId}`)) return;
  throw new AzureRefusal(
    404,
    "MissingSubscription",
    `The request did not have a subscription or a valid tenant level resource provider: ${scope}`,
  );
}

function propertiesOf(call: ArmCall): RoleAssignment["properties"] {
  const properties = objectOf(objectOf(call.body, "The request body")["properties"], "The property 'properties'");
  const { roleDefinitionId, principalId, principalType = "User" } = properties;
  if (typeof roleDefinitionId !== "string" || typeof principalId !== "string" || typeof principalType !== "string") {
    throw badRequest("The properties 'roleDefinitionId', 'principalId' and 'principalType' are texts.");
  }
  if (properties["condition"] !== undefined && properties["condition"] !== null) {
    throw new AzureRefusal(
      501,
      "NotInSandbox",
      "Conditions of role assignments are not implemented by the sandbox's fake Azure.",
    );
  }
  if (!knownRole(roleDefinitionId)) {
    throw new AzureRefusal(
      400,
      "RoleDefinitionDoesNotExist",
      `The specified role definition with ID '${roleOf(roleDefinitionId).replaceAll("-", "")}' does not exist.`,
    );
  }
  checkPrincipal(call, principalId, principalType);
  return { ...properties, roleDefinitionId, principalId, principalType };
}

function checkPrincipal(call: ArmCall, principalId: string, principalType: string): void {
  const isIdentity = Object.values(call.store.state.identities).some((one) => one.principalId === principalId);
  if (!isIdentity && principalId !== AZURE_SANDBOX.deployer.objectId) {
    throw new AzureRefusal(
      400,
      "PrincipalNotFound",
      `Principal ${principalId.replaceAll("-", "")} does not exist in the directory ${AZURE_SANDBOX.tenantId}. Check that you have ` +
        `the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be ` +
        `related to a replication delay. In this case, set the role assignment principalType property to a value, such as ` +
        `ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
    );
  }
  if (principalType !== "ServicePrincipal") {
    throw new AzureRefusal(
      400,
      "UnmatchedPrincipalType",
      `The PrincipalId '${principalId.replaceAll("-", "")}' has type 'ServicePrincipal', which is different from specified ` +
        `PrinciaplType '${principalType}'.`,
    );
  }
}

function sameGrant(one: RoleAssignment, scope: string, properties: RoleAssignment["properties"]): boolean {
  return (
    one.scope.toLowerCase() === scope.toLowerCase() &&
    one.properties.principalId === properties.principalId &&
    roleOf(one.properties.roleDefinitionId) === roleOf(properties.roleDefinitionId)
  );
}

function assignmentOf({ id, name, scope, properties }: RoleAssignment): object {
  return { id, name, type: TYPE, properties: { ...properties, scope } };
}
