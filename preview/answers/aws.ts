import { createHash } from "node:crypto";
import { text, type Accounts, type Answers, type Held, type World } from "./contract.ts";

const parameters = "aws-parameter-store";
const secrets = "aws-secrets-manager";

/** Functions of the AWS provider. */
export const aws: Answers = {
  "aws:ssm/getParameter:getParameter": (inputs, world) => {
    // Which versions and labels a parameter has, nobody knows here: each that is asked for.
    const [name = "", pinned] = text(inputs["name"]).split(":");
    const held = world.read(parameters, name);
    if (held === undefined) throw new Error(`reading SSM Parameter (${name}): couldn't find resource`);
    const value = inputs["withDecryption"] === true ? held.payload : `ciphertext ${held.version}`;
    const arn = parameterArn(world.accounts, name);
    return {
      ...inputs,
      id: name,
      arn,
      type: "SecureString",
      value,
      version: Number(pinned ?? held.version) || held.version,
    };
  },
  "aws:ssm/getParametersByPath:getParametersByPath": (inputs, { accounts, names }) => {
    const path = text(inputs["path"]);
    const folder = path.endsWith("/") ? path : `${path}/`;
    const below = names(parameters).filter(
      (name) => name.startsWith(folder) && (inputs["recursive"] === true || !name.slice(folder.length).includes("/")),
    );
    return {
      ...inputs,
      id: path,
      names: below,
      arns: below.map((name) => parameterArn(accounts, name)),
      types: below.map(() => "SecureString"),
      values: below.map(() => "ciphertext"),
    };
  },
  "aws:secretsmanager/getSecrets:getSecrets": (inputs, { accounts, names }) => {
    const filters = (inputs["filters"] ?? []) as readonly { readonly values: readonly string[] }[];
    const prefixes = filters.flatMap(({ values }) => values);
    const found = names(secrets).filter(
      (name) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
    );
    return { ...inputs, id: "secrets", names: found, arns: found.map((name) => secretArn(accounts, name)) };
  },
  "aws:secretsmanager/getSecret:getSecret": (inputs, world) => {
    const name = text(inputs["name"]);
    const { version } = findSecret(world, name, `Secret (${name})`);
    const arn = secretArn(world.accounts, name);
    const tags = world.labels?.(secrets, name) ?? {};
    return { ...inputs, id: arn, arn, tags, lastChangedDate: `2026-01-${String(version).padStart(2, "0")}T00:00:00Z` };
  },
  "aws:secretsmanager/getSecretVersions:getSecretVersions": (inputs, world) => {
    const name = secretName(text(inputs["secretId"]));
    const { version } = findSecret(world, name, `Secret Versions (${name})`);
    const stagesOf = (number: number) =>
      number === version ? ["AWSCURRENT"] : number === version - 1 ? ["AWSPREVIOUS"] : [];
    const versions = Array.from({ length: version }, (_, index) => ({
      versionId: secretVersionId(index + 1),
      versionStages: stagesOf(index + 1),
    }));
    return { ...inputs, id: name, arn: secretArn(world.accounts, name), versions };
  },
  "aws:secretsmanager/getSecretVersion:getSecretVersion": (inputs, world) => {
    const name = secretName(text(inputs["secretId"]));
    const { payload, version } = findSecret(world, name, `Secret Version (${name}|AWSCURRENT)`);
    return {
      ...inputs,
      id: name,
      arn: secretArn(world.accounts, name),
      secretString: payload,
      secretBinary: "",
      versionId: secretVersionId(version),
    };
  },
};

/** ARN of a parameter. */
export function parameterArn({ partition, region, accountId }: Accounts, name: string): string {
  return `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`;
}

/** ARN of a secret. AWS draws the six characters behind the name; here they follow from it. */
export function secretArn({ partition, region, accountId }: Accounts, name: string): string {
  const suffix = createHash("sha256").update(name).digest("base64url").replaceAll(/[-_]/g, "x").slice(0, 6);
  return `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
}

/** Name of a secret that is given by name or by ARN. */
export function secretName(secretId: string): string {
  if (!secretId.startsWith("arn:")) return secretId;
  return secretId
    .split(":")
    .slice(6)
    .join(":")
    .replace(/-[^-]{6}$/, "");
}

/** Id of the version with this number. */
export function secretVersionId(version: number): string {
  return `00000000-0000-4000-8000-${String(version).padStart(12, "0")}`;
}

function findSecret({ read }: World, name: string, what: string): Held {
  const held = read(secrets, name);
  if (held === undefined) throw new Error(`reading Secrets Manager ${what}: couldn't find resource`);
  return held;
}
