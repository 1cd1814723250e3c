import { awsReaderRole, awsReaderRoleBeginning } from "../../support/naming.ts";
import { roleArn } from "./account.ts";
import type { CloudIdentities } from "../identity.ts";
import { awsCredentials, checkAwsIdentity, type AwsLogin, type AwsStoreSpec } from "./identity-rules.ts";
import { awsProvider } from "./secret-store.ts";

/** Identities on AWS: roles, for service accounts or for the operator. */
export const awsIdentities: CloudIdentities<AwsStoreSpec, AwsLogin> = {
  load: async () => (await import("./identity.ts")).awsIdentity,
  check: checkAwsIdentity,
  credentials: awsCredentials,
  storeProvider: awsProvider,
  operator: {
    logsIn: ({ traits }) => traits.podIdentity !== undefined,
    make: async (args) => (await import("./cluster-roles.ts")).operatorIdentityOf(args).resources,
    roles: {
      beginning: (store, scope) => roleArn(store, awsReaderRoleBeginning(scope)),
      ofNamespace: (store, scope) => roleArn(store, awsReaderRole({ ...scope, store: store.name })),
    },
  },
};
