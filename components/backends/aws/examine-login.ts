import { own } from "../../support/own.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import { awsOperatorRole, awsReaderRole, readerName } from "../../support/naming.ts";
import { operatorServiceAccount } from "../../external-secrets/operator/values.ts";
import { broken, examinedTogether, restore, sound, unanswered } from "../examiner.ts";
import type { Reading, StoreExamination, Told } from "../examiner.ts";
import { globalArn, roleArn } from "./account.ts";
import { eksCluster } from "./eks-cluster.ts";
import type { AwsStoreSpec } from "./identity-rules.ts";
import {
  assumePolicy,
  audience,
  chainTrust,
  issuerHost,
  podIdentityTrust,
  roleTrust,
  webIdentityTrust,
} from "./policies.ts";
import { missingRights, trustProblems } from "./policy-check.ts";
import type { AwsQuestions } from "./questions.ts";

/** Whether the namespace's account becomes the role that reads: its trust policy, and who vouches for the account. */
export async function checkLogin(spec: AwsStoreSpec, ask: AwsQuestions, reading: Reading): Promise<StoreExamination> {
  const { scope, cluster } = reading;
  const role = awsReaderRole({ ...scope, store: spec.name });
  if (cluster.traits.podIdentity !== undefined) return checkPodIdentity(spec, ask, reading, role);
  const { loginAccount } = spec;
  if (loginAccount !== undefined) {
    const login = roleArn({ ...spec, accountId: loginAccount.accountId, roles: loginAccount.roles }, role);
    return examinedTogether([
      await checkTrust(ask, role, chainTrust(login, loginAccount.externalId), `${login} take it on`),
      unanswered(
        "identity",
        `IAM role ${login}`,
        `account ${loginAccount.accountId} is not asked, only that of the store`,
      ),
    ]);
  }
  const issuer = cluster.issuer ?? "";
  const oidcProviderArn = globalArn(spec, "iam", `oidc-provider/${issuerHost(issuer)}`);
  const trust = webIdentityTrust({
    oidcProviderArn,
    issuer,
    namespace: scope.namespace,
    serviceAccount: readerName,
  });
  const whom = `${scope.namespace}/${readerName} log in, with tokens of ${issuer} for ${audience}`;
  const provider = await ask.clientIdsOf(oidcProviderArn);
  return examinedTogether([
    checkProvider(spec, reading, oidcProviderArn, provider),
    await checkTrust(ask, role, trust, whom),
  ]);
}

/** The account's trust in the cluster's issuer. */
function checkProvider(
  spec: AwsStoreSpec,
  { cluster }: Reading,
  arn: string,
  clientIds: Told<readonly string[]>,
): StoreExamination {
  const subject = `OIDC provider ${arn}`;
  if ("refused" in clientIds) return unanswered("identity", subject, clientIds.refused);
  if ("absent" in clientIds) {
    const made = own(spec.oidcProviders, cluster.name) === "create";
    return broken(
      "identity",
      subject,
      `does not exist: account ${spec.accountId} does not trust the issuer of cluster ${cluster.name}, ${cluster.issuer ?? ""}`,
      made
        ? restore
        : `compare clusters.${cluster.name}.issuer with what the cluster says (${cluster.traits.issuerCommand}); if it is right: ${setCommand(["stores", spec.name, "oidcProviders", cluster.name], "create")}`,
    );
  }
  if (clientIds.value.includes(audience)) return sound("identity", `${subject} accepts audience ${audience}`);
  const theirs = clientIds.value.length === 0 ? "none" : clientIds.value.join(", ");
  return broken(
    "identity",
    subject,
    `accepts audience ${theirs}, not ${audience}`,
    `aws iam add-client-id-to-open-id-connect-provider --client-id ${audience} --open-id-connect-provider-arn ${arn}`,
  );
}

async function checkTrust(ask: AwsQuestions, role: string, wanted: string, whom: string): Promise<StoreExamination> {
  const subject = `IAM role ${role}`;
  const held = await ask.trustOf(role);
  if ("refused" in held) return unanswered("identity", `trust policy of ${subject}`, held.refused);
  if ("absent" in held) return broken("identity", subject, "does not exist", restore);
  const problems = trustProblems(held.value, wanted);
  if (problems.length > 0) return broken("identity", subject, problems.join(", and "), restore);
  return sound("identity", `${subject} lets ${whom}`);
}

/** The operator's role, from which it takes on the reader's. */
async function checkPodIdentity(
  spec: AwsStoreSpec,
  ask: AwsQuestions,
  { scope, cluster }: Reading,
  role: string,
): Promise<StoreExamination> {
  const { podIdentity } = cluster.traits;
  const { namespace } = cluster.externalSecrets;
  const operator = awsOperatorRole(scope);
  const { arn: clusterArn, region } = eksCluster({ ...cluster, clusterName: podIdentity?.clusterName ?? "" }, spec);
  const pods = podIdentityTrust({ clusterArn, namespace, serviceAccount: operatorServiceAccount });
  const association =
    `aws eks list-pod-identity-associations --region ${region} --cluster-name ${podIdentity?.clusterName ?? ""} ` +
    `--namespace ${namespace} --service-account ${operatorServiceAccount}`;
  return examinedTogether([
    await checkTrust(
      ask,
      operator,
      pods,
      `the Pods of ${namespace}/${operatorServiceAccount} log in (EKS Pod Identity)`,
    ),
    await checkTrust(ask, role, roleTrust(roleArn(spec, operator)), `the operator take it on`),
    await checkMayBecome(spec, ask, operator, role),
    unanswered("identity", `association of ${namespace}/${operatorServiceAccount}`, `EKS is not asked: ${association}`),
  ]);
}

async function checkMayBecome(
  spec: AwsStoreSpec,
  ask: AwsQuestions,
  operator: string,
  role: string,
): Promise<StoreExamination> {
  const subject = `policy ${role} of IAM role ${operator}`;
  const held = await ask.inlinePolicy(operator, role);
  if ("refused" in held) return unanswered("identity", subject, held.refused);
  if ("absent" in held) return broken("identity", subject, "does not exist", restore);
  const missing = missingRights(held.value, assumePolicy(roleArn(spec, role)));
  if (missing.length > 0) return broken("identity", subject, `does not allow ${missing.join(", ")}`, restore);
  return sound("identity", `${subject} lets the operator take on the namespace's role`);
}
