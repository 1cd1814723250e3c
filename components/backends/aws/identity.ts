import { all, type CustomResourceOptions, type Resource } from "@pulumi/pulumi";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { roleArn, roleInputs, type AwsLoginAccount } from "./account.ts";
import { isAwsGrant, type AwsReadGrant } from "./grant.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import { ExpectedError } from "../../support/messages/errors.ts";
import { awsReaderRole, readerName } from "../../support/naming.ts";
import { oidcProviderOf, operatorIdentityOf, tagsOf } from "./cluster-roles.ts";
import { loginRoleOf } from "./login-account.ts";
import {
  assumePolicy,
  awsReadPolicy,
  chainTrust,
  inlinePolicyCharacters,
  readPolicyName,
  roleTrust,
  webIdentityTrust,
} from "./policies.ts";
import { type AwsLogin, type AwsStoreSpec } from "./identity-rules.ts";
import type { Identity, IdentityArgs, StaticLogin } from "../identity.ts";

type AwsIdentityArgs = IdentityArgs<AwsStoreSpec>;
type AwsIdentity = Identity<Exclude<AwsLogin, StaticLogin>>;

/**
 * Lets one namespace read exactly the objects granted: a role with one inline policy. Its own service account becomes
 * that role (IRSA, on any cluster whose issuer the account trusts), or the operator does (EKS Pod Identity).
 */
export function awsIdentity(name: string, args: AwsIdentityArgs): AwsIdentity {
  if (args.cluster.traits.podIdentity !== undefined) return viaOperator(name, args);
  const { loginAccount } = args.store;
  return loginAccount === undefined ? viaServiceAccount(name, args) : viaLoginAccount(name, args, loginAccount);
}

/** The account becomes a role where it is trusted, and from there the one that reads, in the account of the store. */
function viaLoginAccount(name: string, args: AwsIdentityArgs, loginAccount: AwsLoginAccount): AwsIdentity {
  const { externalId, sessionTags } = loginAccount;
  const login = loginRoleOf(name, args, loginAccount);
  // IAM refuses trust in a role that is not there yet.
  const reader = readerRole(name, args, chainTrust(login.arn, externalId), [login.role]);
  return {
    login: {
      ...accountLogin(login.arn),
      takesOn: {
        roleArn: reader.arn,
        ...(externalId === undefined ? {} : { externalId }),
        ...(sessionTags === undefined ? {} : { sessionTags }),
      },
    },
    dependsOn: [...reader.resources, login.allow(reader.arn), ...login.resources],
  };
}

function viaServiceAccount(name: string, args: AwsIdentityArgs): AwsIdentity {
  const { cluster, scope } = args;
  const oidcProvider = oidcProviderOf(args);
  const trust = webIdentityTrust({
    oidcProviderArn: oidcProvider.arn,
    issuer: cluster.issuer ?? "",
    namespace: scope.namespace,
    serviceAccount: readerName,
  });
  const reader = readerRole(name, args, trust);
  return {
    login: accountLogin(reader.arn),
    dependsOn: [...reader.resources, ...oidcProvider.resources],
  };
}

/** The namespace's account, which becomes a role by its annotation. */
function accountLogin(roleArn: string) {
  const annotations = { "eks.amazonaws.com/role-arn": roleArn };
  return { kind: "service-account", serviceAccount: readerName, annotations, roleArn } as const;
}

function viaOperator(name: string, args: AwsIdentityArgs): AwsIdentity {
  const { options } = args;
  const operator = operatorIdentityOf(args);
  // The ARN as text, so that a preview shows the whole policy; IAM refuses trust in a role that is not there yet.
  const reader = readerRole(name, args, roleTrust(operator.roleArn), operator.resources);
  // One policy per namespace, so that each is independent of the others and names one role.
  const assume = new RolePolicy(
    `${name}/operator-policy`,
    { name: reader.name, role: operator.role.name, policy: assumePolicy(reader.arn) },
    options,
  );
  return {
    login: { kind: "operator", roleArn: reader.arn },
    dependsOn: [...reader.resources, assume, ...operator.resources],
  };
}

interface ReaderRole {
  readonly name: string;
  readonly arn: string;
  readonly resources: readonly Resource[];
}

function readerRole(
  name: string,
  { store, scope, grants, mounted = [], options }: AwsIdentityArgs,
  trust: string,
  dependsOn: readonly Resource[] = [],
): ReaderRole {
  const roleName = awsReaderRole({ ...scope, store: store.name });
  const role = new Role(
    `${name}/role`,
    {
      name: roleName,
      ...roleInputs(store),
      description: `Reads the secrets of namespace ${scope.namespace} in cluster ${scope.cluster}`,
      assumeRolePolicy: trust,
      tags: tagsOf(store, scope),
    },
    { ...options, dependsOn: [...dependsOn] },
  );
  const readable = { grants: grants.filter(isAwsGrant), mounted: mounted.filter(isAwsGrant) };
  const policy = readPolicy(name, store, role, readable, options);
  return { name: roleName, arn: roleArn(store, roleName), resources: [role, policy] };
}

function readPolicy(
  name: string,
  store: AwsStoreSpec,
  role: Role,
  { grants, mounted }: { readonly grants: readonly AwsReadGrant[]; readonly mounted: readonly AwsReadGrant[] },
  options: CustomResourceOptions,
): RolePolicy {
  const policy = all([...grants, ...mounted].map(({ arn }) => arn)).apply((arns) => {
    const known = [...grants, ...mounted].map((grant, index) => ({ ...grant, arn: arns[index] ?? "" }));
    const [read, mount] = [known.slice(0, grants.length), known.slice(grants.length)];
    return withinQuota(name, store, awsReadPolicy(read, store, mount));
  });
  return new RolePolicy(`${name}/policy`, { name: readPolicyName, role: role.name, policy }, options);
}

/** Checked here, because IAM would refuse it in the middle of an update. */
function withinQuota(name: string, store: AwsStoreSpec, policy: string): string {
  if (policy.length <= inlinePolicyCharacters) return policy;
  throw new ExpectedError(
    `${name}: the policy of its role has ${policy.length} characters; IAM allows at most ${inlinePolicyCharacters} per role.\n` +
      `    fix: fewer objects to read: ${setCommand(["stores", store.name, "layout"], "bundle")}, or split the namespace`,
  );
}
