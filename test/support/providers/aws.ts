import * as answers from "../../../preview/answers/aws.ts";
import { account, accounts } from "./accounts.ts";
import {
  echo,
  kept,
  valueToWrite,
  type FakeResources,
  type Inputs,
  type Make,
  type Overrides,
  type ValueInputs,
} from "./contract.ts";

export { account };

/** The provider of AWS, over a `RemoteMemory`. */
export const aws: FakeResources = {
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
  "aws:secretsmanager/secretRotation:SecretRotation": echo,
  "aws:secretsmanager/secretVersion:SecretVersion": (args) => smVersion(args),
  "aws:ssm/parameter:Parameter": (args) => parameter(args),
};

const parameters = "aws-parameter-store";
const secrets = "aws-secrets-manager";

/** ARN of a parameter of the account. */
export function parameterArn(name: string): string {
  return answers.parameterArn(accounts, name);
}

/** ARN of a secret of the account. */
export function secretArn(name: string): string {
  return answers.secretArn(accounts, name);
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
  world.memory.label(parameters, name, tagsIn(inputs));
  const version = world.memory.put(parameters, name, valueToWrite(parameterValue, args));
  const tier = inputs["tier"] === "Intelligent-Tiering" ? "Standard" : inputs["tier"];
  return { id: name, state: { ...kept(parameterValue, inputs), tier, arn: parameterArn(name), version } };
};

const smSecret: Make = ({ inputs, world }) => {
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const arn = secretArn(String(inputs["name"]));
  world.memory.label(secrets, String(inputs["name"]), tagsIn(inputs));
  return { id: arn, state: { ...inputs, arn } };
};

const smVersion: Make = (args) => {
  const { inputs, world } = args;
  if (world.preview) return { id: undefined, state: { ...inputs } };
  const arn = String(inputs["secretId"]);
  const version = world.memory.put(secrets, answers.secretName(arn), valueToWrite(secretValue, args));
  const versionId = answers.secretVersionId(version);
  const state = { ...kept(secretValue, inputs), arn, versionId, versionStages: ["AWSCURRENT"] };
  return { id: `${arn}|${versionId}`, state };
};

function tagsIn({ tags = {} }: Inputs): Readonly<Record<string, string>> {
  return tags as Readonly<Record<string, string>>;
}

/** What a value of bytes begins with in the memory: AWS keeps those in a field of their own. */
export const bytes = "bytes:";

export const awsOverrides: Overrides = {
  "aws:secretsmanager/getSecretVersion:getSecretVersion": (_, __, asInPreview) => {
    const found = asInPreview();
    const payload = String(found["secretString"]);
    if (!payload.startsWith(bytes)) return found;
    return { ...found, secretString: "", secretBinary: payload.slice(bytes.length) };
  },
};
