import { Agent } from "node:https";
import type { IAMClient, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import type { DescribeSecretCommandOutput } from "@aws-sdk/client-secrets-manager";
import { messageOf } from "../../support/messages/errors.ts";
import { once } from "../../support/once.ts";
import type { NativeRotation, Told } from "../examiner.ts";
import type { ReadLabels } from "../labels.ts";
import type { AwsStoreSpec } from "./identity-rules.ts";
import type { AwsQuestions, Decision, SecretFacts } from "./questions.ts";
import { idPrefix } from "./secrets-manager.ts";

/** An environment variable of whoever asks. */
type Variable = (name: string) => string | undefined;

/** Variables by which Node's agents find a proxy. */
const proxyVariables = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"] as const;

/** How long a connection and an answer may take, in milliseconds. Without the third the SDK warns, and waits for ever. */
const usualPatience = { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** What every client of a store's account is made of. Credentials come from where AWS's own tools look for them. */
function settings(spec: AwsStoreSpec, variable: Variable, patience = usualPatience) {
  const [accessKeyId = "", secretAccessKey = ""] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(variable);
  const sessionToken = variable("AWS_SESSION_TOKEN");
  const profile = variable("AWS_PROFILE");
  const proxyEnv = Object.fromEntries(proxyVariables.map((name) => [name, variable(name)]));
  // Node.js knows `proxyEnv` from 22.21 on; its types do not yet.
  const agent = { keepAlive: false, proxyEnv };
  return {
    region: spec.region,
    ...(spec.fips === true ? { useFipsEndpoint: true } : {}),
    ...(accessKeyId === "" || profile !== undefined
      ? profile === undefined
        ? {}
        : { profile }
      : { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }),
    requestHandler: { ...patience, httpsAgent: new Agent(agent) },
  };
}

/** At which address a service is reached. */
function at(url: string | undefined) {
  return url === undefined ? {} : { endpoint: url };
}

/** The number of the account that the credentials are of. */
export async function callerAccount(spec: AwsStoreSpec, variable: Variable): Promise<Told<string>> {
  return told(async () => {
    const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
    const client = new STSClient({ ...settings(spec, variable), ...at(spec.endpoints?.sts) });
    return (await client.send(new GetCallerIdentityCommand({}))).Account ?? "";
  });
}

/** Asks a store's account with AWS's SDK, which is loaded service by service. */
export function awsQuestions(spec: AwsStoreSpec, variable: Variable, patience = usualPatience): AwsQuestions {
  const iam = once(async () => {
    const library = await import("@aws-sdk/client-iam");
    return {
      library,
      client: new library.IAMClient({ ...settings(spec, variable, patience), ...at(spec.endpoints?.iam) }),
    };
  });
  const ssm = once(async () => {
    const library = await import("@aws-sdk/client-ssm");
    return {
      library,
      client: new library.SSMClient({ ...settings(spec, variable, patience), ...at(spec.endpoints?.ssm) }),
    };
  });
  const secrets = once(async () => {
    const library = await import("@aws-sdk/client-secrets-manager");
    const address = at(spec.endpoints?.secretsmanager);
    return { library, client: new library.SecretsManagerClient({ ...settings(spec, variable, patience), ...address }) };
  });
  const parameter = async (Name: string, WithDecryption: boolean) => {
    const { library, client } = await ssm();
    return (await client.send(new library.GetParameterCommand({ Name, WithDecryption }))).Parameter;
  };
  return {
    trustOf: (RoleName) =>
      told(async () => {
        const { library, client } = await iam();
        const { Role } = await client.send(new library.GetRoleCommand({ RoleName }));
        return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
      }),
    inlinePolicy: (RoleName, PolicyName) =>
      told(async () => {
        const { library, client } = await iam();
        const { PolicyDocument = "" } = await client.send(new library.GetRolePolicyCommand({ RoleName, PolicyName }));
        return decodeURIComponent(PolicyDocument);
      }),
    clientIdsOf: (OpenIDConnectProviderArn) =>
      told(async () => {
        const { library, client } = await iam();
        const command = new library.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
        return (await client.send(command)).ClientIDList ?? [];
      }),
    simulated: (role, actions, arns) =>
      told(async () => {
        const { library, client } = await iam();
        return simulation(client, library.SimulatePrincipalPolicyCommand, { role, actions, arns });
      }),
    parameter: (name, version) =>
      told(async () => {
        const {
          Version = 0,
          Type = "",
          LastModifiedDate: changed,
        } = (await parameter(versioned(name, version), false)) ?? {};
        return { version: Version, type: Type, ...(changed === undefined ? {} : { changed }) };
      }),
    parameterValue: (name, version) => told(async () => (await parameter(versioned(name, version), true))?.Value ?? ""),
    secret: (SecretId) =>
      told(async (): Promise<SecretFacts> => {
        const { library, client } = await secrets();
        const found = await client.send(new library.DescribeSecretCommand({ SecretId }));
        return {
          arn: found.ARN ?? "",
          ...(found.DeletedDate === undefined ? {} : { deleted: found.DeletedDate }),
          ...(found.LastChangedDate === undefined ? {} : { changed: found.LastChangedDate }),
          replicas: (found.ReplicationStatus ?? []).map(({ Region = "", Status = "", StatusMessage = "" }) => ({
            ...{ region: Region, status: Status, message: StatusMessage },
          })),
          // A primary that has replicas tells its own region.
          ...(found.PrimaryRegion === undefined || found.PrimaryRegion === spec.region
            ? {}
            : { primaryRegion: found.PrimaryRegion }),
          ...(found.RotationEnabled === true ? { rotation: rotationOf(found) } : {}),
          stages: found.VersionIdsToStages ?? {},
        };
      }),
    secretValue: (SecretId, version) =>
      told(async () => {
        const { library, client } = await secrets();
        const which = version === undefined ? {} : versionAsked(version);
        const found = await client.send(new library.GetSecretValueCommand({ SecretId, ...which }));
        return found.SecretString ?? Buffer.from(found.SecretBinary ?? []).toString("utf8");
      }),
  };
}

/** Reads the tags of parameters. */
export function parameterTags(spec: AwsStoreSpec, variable: Variable): ReadLabels {
  const open = once(async () => {
    const library = await import("@aws-sdk/client-ssm");
    return { library, client: new library.SSMClient({ ...settings(spec, variable), ...at(spec.endpoints?.ssm) }) };
  });
  return (ResourceId) =>
    told(async () => {
      const { library, client } = await open();
      const asked = { ResourceType: "Parameter", ResourceId } as const;
      const { TagList = [] } = await client.send(new library.ListTagsForResourceCommand(asked));
      return Object.fromEntries(TagList.map(({ Key = "", Value = "" }) => [Key, Value]));
    });
}

/** Takes a label from a version of a secret. One that has it no more is no failure. */
export function removeStage(
  spec: AwsStoreSpec,
  variable: Variable,
  { name, version, stage }: { readonly name: string; readonly version: string; readonly stage: string },
): Promise<Told<true>> {
  return told(async () => {
    const { SecretsManagerClient, UpdateSecretVersionStageCommand } = await import("@aws-sdk/client-secrets-manager");
    const client = new SecretsManagerClient({ ...settings(spec, variable), ...at(spec.endpoints?.secretsmanager) });
    await client.send(
      new UpdateSecretVersionStageCommand({ SecretId: name, VersionStage: stage, RemoveFromVersionId: version }),
    );
    return true as const;
  });
}

/** "Referencing a parameter version" in the AWS Systems Manager User Guide: a number or a label behind a colon. */
function versioned(name: string, version: string | undefined): string {
  return version === undefined ? name : `${name}:${version}`;
}

function versionAsked(version: string) {
  return version.startsWith(idPrefix) ? { VersionId: version.slice(idPrefix.length) } : { VersionStage: version };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html */
function rotationOf(found: DescribeSecretCommandOutput): NativeRotation {
  const { AutomaticallyAfterDays: everyDays, ScheduleExpression: schedule } = found.RotationRules ?? {};
  const { LastRotatedDate: last, NextRotationDate: next, OwningService: service } = found;
  return {
    by: service === undefined ? "AWS" : `AWS (${service})`,
    ...(everyDays === undefined ? {} : { everyDays }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(last === undefined ? {} : { last }),
    ...(next === undefined ? {} : { next }),
  };
}

type Simulate = typeof SimulatePrincipalPolicyCommand;

async function simulation(
  client: IAMClient,
  Command: Simulate,
  {
    role,
    actions,
    arns,
  }: { readonly role: string; readonly actions: readonly string[]; readonly arns: readonly string[] },
): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(
      new Command({
        PolicySourceArn: role,
        ActionNames: [...actions],
        ResourceArns: [...arns],
        ...(Marker === undefined ? {} : { Marker }),
      }),
    );
    for (const each of page.EvaluationResults ?? []) {
      const boundary = each.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary;
      const organization = each.OrganizationsDecisionDetail?.AllowedByOrganizations;
      decisions.push({
        action: each.EvalActionName ?? "",
        arn: each.EvalResourceName ?? "",
        decision: each.EvalDecision ?? "implicitDeny",
        ...(boundary === undefined ? {} : { byBoundary: boundary }),
        ...(organization === undefined ? {} : { byOrganization: organization }),
      });
    }
    Marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (Marker !== undefined);
  return decisions;
}

/** What the SDK answers, or throws. Its errors name identities and objects, and no value. */
async function told<T>(ask: () => Promise<T>): Promise<Told<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (/^(?:NoSuchEntity|ParameterNotFound|ParameterVersionNotFound|ResourceNotFound)/.test(name))
      return { absent: true };
    const words = messageOf(error).split("\n")[0] ?? "";
    const [, late] = /exceeded the configured (\d+) ms requestTimeout/.exec(words) ?? [];
    if (late !== undefined) return { refused: `no answer within ${Number(late) / 1000} s` };
    return { refused: name === "" || name === "Error" || words.includes(name) ? words : `${name}: ${words}` };
  }
}
