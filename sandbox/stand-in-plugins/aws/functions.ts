import { isMap, type PropertyMap, textOf, type Value } from "../support/values.ts";
import { doing, said, unless } from "./errors.ts";
import type { AwsContext } from "./resource.ts";
import { tagMap } from "./tags.ts";

/** A function of the plugin: reads, and changes nothing. Values come in clear, as from the official plugin. */
export type AwsFunction = (context: AwsContext, args: PropertyMap) => Promise<PropertyMap>;

/** The functions by token. */
export const FUNCTIONS: Readonly<Record<string, AwsFunction>> = {
  "aws:ssm/getParametersByPath:getParametersByPath": getParametersByPath,
  "aws:ssm/getParameter:getParameter": getParameter,
  "aws:secretsmanager/getSecrets:getSecrets": getSecrets,
  "aws:secretsmanager/getSecret:getSecret": getSecret,
  "aws:secretsmanager/getSecretVersion:getSecretVersion": getSecretVersion,
  "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
};

const SECRETS = "Secrets Manager";

/** hashicorp/terraform-provider-aws, internal/service/ssm/parameters_by_path_data_source.go; nothing below the path is an empty list. */
async function getParametersByPath(context: AwsContext, args: PropertyMap): Promise<PropertyMap> {
  const { clients, region, signal } = context;
  const { paginateGetParametersByPath } = await import("@aws-sdk/client-ssm");
  const path = textOf(args["path"]);
  const input = {
    ...{ Path: path, Recursive: args["recursive"] === true },
    WithDecryption: args["withDecryption"] !== false,
  };
  const pages = paginateGetParametersByPath({ client: await clients.ssm(region) }, input, { abortSignal: signal });
  const collect = async () => (await collected(pages)).flatMap(({ Parameters = [] }) => Parameters);
  const found = await doing(`reading SSM Parameters by path (${path})`, () =>
    said("SSM", "GetParametersByPath", collect()),
  );
  const all = (pick: (each: (typeof found)[number]) => string | undefined) => found.map((each) => pick(each) ?? "");
  return {
    ...{ ...args, id: path, path, region },
    ...{ arns: all(({ ARN }) => ARN), names: all(({ Name }) => Name) },
    ...{ types: all(({ Type }) => Type), values: all(({ Value }) => Value) },
  };
}

/** hashicorp/terraform-provider-aws, internal/service/ssm/parameter_data_source.go */
async function getParameter({ clients, region, signal }: AwsContext, args: PropertyMap): Promise<PropertyMap> {
  const { GetParameterCommand } = await import("@aws-sdk/client-ssm");
  const ssm = await clients.ssm(region);
  const name = textOf(args["name"]);
  const command = new GetParameterCommand({ Name: name, WithDecryption: args["withDecryption"] !== false });
  const { Parameter = {} } = await doing(`reading SSM Parameter (${name})`, () =>
    said("SSM", "GetParameter", ssm.send(command, { abortSignal: signal })),
  );
  const { ARN = "", Name = "", Type = "", Value = "", Version = 0 } = Parameter;
  return {
    ...{ ...args, id: Name, arn: ARN, name: Name, region, type: Type, version: Version },
    ...{ value: Value, insecureValue: Type === "SecureString" ? "" : Value },
  };
}

/** hashicorp/terraform-provider-aws, internal/service/secretsmanager/secrets_data_source.go; what waits for its deletion is not listed. */
async function getSecrets({ clients, region, signal }: AwsContext, args: PropertyMap): Promise<PropertyMap> {
  const { paginateListSecrets } = await import("@aws-sdk/client-secrets-manager");
  const filters = (Array.isArray(args["filters"]) ? args["filters"] : []).filter(isMap);
  const Filters = filters.map(({ name, values }) => ({ Key: textOf(name) as "name", Values: texts(values) }));
  const client = await clients.secretsManager(region);
  const pages = paginateListSecrets({ client }, Filters.length === 0 ? {} : { Filters }, { abortSignal: signal });
  const collect = async () => (await collected(pages)).flatMap(({ SecretList = [] }) => SecretList);
  const found = await doing("reading Secrets Manager Secrets", () => said(SECRETS, "ListSecrets", collect()));
  return {
    ...{ ...args, id: region, region },
    arns: found.map(({ ARN = "" }) => ARN),
    names: found.map(({ Name = "" }) => Name),
  };
}

/** hashicorp/terraform-provider-aws, internal/service/secretsmanager/secret_data_source.go */
async function getSecret({ clients, region, signal }: AwsContext, args: PropertyMap): Promise<PropertyMap> {
  const { DescribeSecretCommand, GetResourcePolicyCommand } = await import("@aws-sdk/client-secrets-manager");
  const client = await clients.secretsManager(region);
  const SecretId = textOf(args["arn"] ?? args["name"]);
  if (SecretId === "") throw new Error("must specify either arn or name");
  return await doing(`reading Secrets Manager Secret (${SecretId})`, async () => {
    const found = await unless(["ResourceNotFoundException"], () =>
      said(SECRETS, "DescribeSecret", client.send(new DescribeSecretCommand({ SecretId }), { abortSignal: signal })),
    );
    if (found === undefined || found.DeletedDate !== undefined) {
      throw new Error(`reading Secrets Manager Secret (${SecretId}): couldn't find resource`);
    }
    const get = new GetResourcePolicyCommand({ SecretId });
    const policy = await said(SECRETS, "GetResourcePolicy", client.send(get, { abortSignal: signal }));
    return {
      ...{ arn: found.ARN, id: found.ARN, name: found.Name, region, description: found.Description ?? "" },
      ...{ kmsKeyId: found.KmsKeyId ?? "", policy: policy.ResourcePolicy ?? "", tags: { ...tagMap(found.Tags) } },
      createdDate: found.CreatedDate?.toISOString() ?? "",
      lastChangedDate: found.LastChangedDate?.toISOString() ?? "",
      type: "",
    };
  });
}

/** hashicorp/terraform-provider-aws, internal/service/secretsmanager/secret_version_data_source.go */
async function getSecretVersion({ clients, region, signal }: AwsContext, args: PropertyMap): Promise<PropertyMap> {
  const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const client = await clients.secretsManager(region);
  const SecretId = textOf(args["secretId"]);
  const [version, stage] = [textOf(args["versionId"]), textOf(args["versionStage"], "AWSCURRENT")];
  const which = version === "" ? { VersionStage: stage } : { VersionId: version };
  const command = new GetSecretValueCommand({ SecretId, ...which });
  const found = await doing(`reading Secrets Manager Secret Version (${SecretId}|${version || stage})`, () =>
    said(SECRETS, "GetSecretValue", client.send(command, { abortSignal: signal })),
  );
  return {
    ...{ secretId: SecretId, versionStage: stage, region, id: `${SecretId}|${version || stage}` },
    ...{ arn: found.ARN, secretArn: found.ARN, versionId: found.VersionId, versionStages: found.VersionStages ?? [] },
    secretString: found.SecretString ?? "",
    secretBinary: found.SecretBinary === undefined ? "" : Buffer.from(found.SecretBinary).toString("utf8"),
    createdDate: found.CreatedDate?.toISOString() ?? "",
  };
}

/** hashicorp/terraform-provider-aws, internal/service/sts/caller_identity_data_source.go */
async function getCallerIdentity({ clients, signal }: AwsContext): Promise<PropertyMap> {
  const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const sts = await clients.sts();
  const command = new GetCallerIdentityCommand({});
  const { Account, Arn, UserId } = await doing("reading STS Caller Identity", () =>
    said("STS", "GetCallerIdentity", sts.send(command, { abortSignal: signal })),
  );
  return { id: Account, accountId: Account, arn: Arn, userId: UserId };
}

async function collected<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

function texts(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map((item) => textOf(item)) : [];
}
