import { createHash } from "node:crypto";
import { echo, kept, valueToWrite, type Answer, type FakeProvider, type Make, type ValueInputs } from "./contract.ts";

/** The account and region that the mocks answer for. */
export const account = { accountId: "111122223333", region: "eu-central-1", partition: "aws" } as const;

/** The provider of AWS, over a `RemoteMemory`. */
export const aws: FakeProvider = {
  resources: {
    "pulumi:providers:aws": echo,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": echo,
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": echo,
    "aws:iam/role:Role": ({ inputs }) => ({
      id: String(inputs["name"]),
      state: { ...inputs, arn: `arn:aws:iam::${account.accountId}:role/${String(inputs["name"])}` },
    }),
    "aws:iam/rolePolicy:RolePolicy": echo,
    "aws:secretsmanager/secret:Secret": (args) => smSecret(args),
    "aws:secretsmanager/secretPolicy:SecretPolicy": echo,
    "aws:secretsmanager/secretVersion:SecretVersion": (args) => smVersion(args),
    "aws:ssm/parameter:Parameter": (args) => parameter(args),
  },
  functions: {
    "aws:secretsmanager/getSecret:getSecret": (inputs, world) => getSecret(inputs, world),
    "aws:secretsmanager/getSecretVersion:getSecretVersion": (inputs, world) => getSecretVersion(inputs, world),
    "aws:secretsmanager/getSecrets:getSecrets": (inputs, world) => getSecrets(inputs, world),
    "aws:ssm/getParameter:getParameter": (inputs, world) => getParameter(inputs, world),
    "aws:ssm/getParametersByPath:getParametersByPath": (inputs, world) => getParametersByPath(inputs, world),
  },
};

const parameters = "aws-parameter-store";
const secrets = "aws-secrets-manager";

/** ARN of a parameter of the account. */
export function parameterArn(name: string): string {
  return `arn:aws:ssm:${account.region}:${account.accountId}:parameter${name}`;
}

/** ARN of a secret of the account, with the suffix that AWS draws; here it follows from the name. */
export function secretArn(name: string): string {
  const suffix = createHash("sha256").update(name).digest("base64url").replaceAll(/[-_]/g, "x").slice(0, 6);
  return `arn:aws:secretsmanager:${account.region}:${account.accountId}:secret:${name}-${suffix}`;
}

const parameterValue: ValueInputs = {
  type: "aws:ssm/parameter:Parameter",
  plain: "value",
  writeOnly: "valueWo",
  number: "valueWoVersion",
};
const secretValue: ValueInputs = {
  type: "aws:secretsmanager/secretVersion:SecretVersion",
  plain: "secretString",
  writeOnly: "secretStringWo",
  number: "secretStringWoVersion",
};

const parameter: Make = (args) => {
  const { inputs, world } = args;
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const name = String(inputs["name"]);
  const version = world.memory.put(parameters, name, valueToWrite(parameterValue, args));
  const tier = inputs["tier"] === "Intelligent-Tiering" ? "Standard" : inputs["tier"];
  return { id: name, state: { ...kept(parameterValue, inputs), tier, arn: parameterArn(name), version } };
};

const getParameter: Answer = (inputs, { memory }) => {
  const name = String(inputs["name"]);
  const held = memory.read(parameters, name);
  if (held === undefined) throw new Error(`reading SSM Parameter (${name}): couldn't find resource`);
  const value = inputs["withDecryption"] === true ? held.payload : `ciphertext ${held.version}`;
  return { ...inputs, id: name, arn: parameterArn(name), type: "SecureString", value, version: held.version };
};

const getParametersByPath: Answer = (inputs, { memory }) => {
  const path = String(inputs["path"]);
  const names = memory.names(parameters).filter((name) => name.startsWith(`${path}/`));
  return { ...inputs, id: path, names, arns: names.map(parameterArn), values: names.map(() => "ciphertext") };
};

const smSecret: Make = ({ inputs, world }) => {
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const arn = secretArn(String(inputs["name"]));
  return { id: arn, state: { ...inputs, arn } };
};

const smVersion: Make = (args) => {
  const { inputs, world } = args;
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const arn = String(inputs["secretId"]);
  const version = world.memory.put(secrets, nameOf(arn), valueToWrite(secretValue, args));
  const versionId = versionIdOf(version);
  const state = { ...kept(secretValue, inputs), arn, versionId, versionStages: ["AWSCURRENT"] };
  return { id: `${arn}|${versionId}`, state };
};

const getSecrets: Answer = (inputs, { memory }) => {
  const filters = inputs["filters"] as readonly { readonly name: string; readonly values: readonly string[] }[];
  const prefixes = filters.flatMap(({ values }) => values);
  const names = memory.names(secrets).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return { ...inputs, id: "secrets", names, arns: names.map(secretArn) };
};

const getSecret: Answer = (inputs, { memory }) => {
  const name = String(inputs["name"]);
  const held = memory.read(secrets, name);
  if (held === undefined) throw new Error(`reading Secrets Manager Secret (${name}): couldn't find resource`);
  return {
    ...inputs,
    id: secretArn(name),
    arn: secretArn(name),
    lastChangedDate: `2026-01-0${held.version}T00:00:00Z`,
  };
};

/** What a value of bytes begins with in the memory: AWS keeps those in a field of their own. */
export const bytes = "bytes:";

const getSecretVersion: Answer = (inputs, { memory }) => {
  const name = nameOf(String(inputs["secretId"]));
  const held = memory.read(secrets, name);
  if (held === undefined)
    throw new Error(`reading Secrets Manager Secret Version (${name}|AWSCURRENT): couldn't find resource`);
  return {
    ...inputs,
    id: name,
    arn: secretArn(name),
    ...(held.payload.startsWith(bytes)
      ? { secretString: "", secretBinary: held.payload.slice(bytes.length) }
      : { secretString: held.payload, secretBinary: "" }),
    versionId: versionIdOf(held.version),
  };
};

/** Name of a secret that is given by name or by ARN. */
function nameOf(secretId: string): string {
  return secretId.startsWith("arn:")
    ? secretId
        .split(":")
        .slice(6)
        .join(":")
        .replace(/-[^-]{6}$/, "")
    : secretId;
}

function versionIdOf(version: number): string {
  return `00000000-0000-4000-8000-${String(version).padStart(12, "0")}`;
}
