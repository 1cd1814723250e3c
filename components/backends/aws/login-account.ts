import type { CustomResourceOptions } from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { awsReaderRole, readerName } from "../../support/naming.ts";
import { oncePerRun } from "../../support/once.ts";
import { onlyInputs } from "../../support/provider-inputs.ts";
import type { IdentityArgs } from "../identity.ts";
import { roleArn, roleInputs, type AwsAccount, type AwsLoginAccount } from "./account.ts";
import { oidcProviderOf, tagsOf } from "./cluster-roles.ts";
import type { AwsStoreSpec } from "./identity-rules.ts";
import { assumePolicy, webIdentityTrust } from "./policies.ts";

/**
 * The role that a namespace's service account becomes in another account than the store's, made with that account's
 * credentials: all that it may is take on one role, which `allow` names.
 */
export function loginRoleOf(
  name: string,
  { store, cluster, scope, options }: IdentityArgs<AwsStoreSpec>,
  login: AwsLoginAccount,
) {
  const account: AwsStoreSpec = { ...store, accountId: login.accountId, roles: login.roles };
  const { provider: _, ...others } = options;
  const within: CustomResourceOptions = { ...others, provider: providerOf(store, login) };
  const oidcProvider = oidcProviderOf({ store: account, cluster, scope, options: within });
  const roleName = awsReaderRole({ ...scope, store: store.name });
  const role = new Role(
    `${name}/login-role`,
    {
      name: roleName,
      ...roleInputs(account),
      description: `Logs in for namespace ${scope.namespace} of cluster ${scope.cluster}`,
      assumeRolePolicy: webIdentityTrust({
        oidcProviderArn: oidcProvider.arn,
        issuer: cluster.issuer ?? "",
        namespace: scope.namespace,
        serviceAccount: readerName,
      }),
      tags: tagsOf(account, scope),
    },
    within,
  );
  return {
    arn: roleArn(account, roleName),
    role,
    allow: (target: string) =>
      new RolePolicy(
        `${name}/login-policy`,
        { name: "become-reader", role: role.name, policy: assumePolicy(target) },
        within,
      ),
    resources: [role, ...oidcProvider.resources],
  };
}

/** One provider for all namespaces that log in there for a store. */
function providerOf(
  { name, region }: AwsAccount & { readonly name: string },
  { accountId, profile, deployerRole }: AwsLoginAccount,
): Provider {
  return oncePerRun(`provider of ${accountId}, where readers of store ${name} log in`, () => {
    const args = {
      region,
      allowedAccountIds: [accountId],
      ...(profile === undefined ? {} : { profile }),
      ...(deployerRole === undefined ? {} : { assumeRoles: [{ roleArn: deployerRole }] }),
      skipCredentialsValidation: false,
      skipRegionValidation: true,
    };
    return new Provider(`${name}/login`, args, onlyInputs(args, {}));
  });
}
