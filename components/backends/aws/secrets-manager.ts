import { setCommand } from "../../support/messages/config-command.ts";
import { awsPartitionOf } from "./partitions.ts";
import type { Issue } from "../../support/messages/errors.ts";
import { secretId, secretsManagerName } from "../../support/naming.ts";
import { own } from "../../support/own.ts";
import { checkAccount, checkKey, checkReferencedKey, regionalArn, type AwsAccount } from "./account.ts";
import type { StoreBase, StoreRules } from "../contract.ts";
import { namingPath } from "../remote-names.ts";
import { leastBytes, objectsOf, type Layout, type RemoteObject, type SecretShape } from "../remote-object.ts";

/** AWS Secrets Manager. */
export interface AwsSecretsManagerSpec extends AwsAccount, StoreBase {
  readonly kind: "aws-secrets-manager";
  /** Default: `bundle`. */
  readonly layout: Layout;
  /** Regions that get a copy, each with the key that it is encrypted with there. */
  readonly replicas: readonly { readonly region: string; readonly kmsKeyArn?: string }[];
  /** Days in which a deleted secret can be restored: 7 to 30, or 0 to delete at once. Policy decides. */
  readonly recoveryWindowDays: number;
}

/** Most bytes of a value, and most characters of a name: `CreateSecret` in the API reference. */
export const secretBytes = 65_536;
const nameCharacters = 512;

export const awsSecretsManagerRules: StoreRules<AwsSecretsManagerSpec> = {
  objects: (spec, shape) => {
    const rotation = own(spec.nativeRotations ?? {}, secretId(shape.address));
    const objects = objectsOf(spec, shape, (key) => secretsManagerName(shape.address, key));
    return rotation === undefined ? objects : objects.map((object) => ({ ...object, nativeRotation: rotation }));
  },
  check: (spec, shape) => [
    ...checkAccount(spec),
    ...checkReferencedKey(spec, shape),
    ...replicaIssues(spec),
    ...recoveryIssues(spec),
    ...awsSecretsManagerRules
      .objects(spec, shape)
      .flatMap((object) => [...nameIssues(spec, shape, object), ...sizeIssues(spec, shape, object)]),
  ],
};

/** How the operator tells the id of a version from a stage (external-secrets, `constructSecretValue`). */
export const idPrefix = "uuid/";

/** First part of the ARN of every secret of the account and region; the name and a random suffix follow. */
export function secretArnPrefix(spec: AwsAccount): string {
  return regionalArn(spec, "secretsmanager", "secret:");
}

/**
 * Resource policy of a secret: nobody of another account, whatever their own policies say. It grants nothing; who reads
 * is allowed by their role. AWS' own services are let through, which copy the secret to other regions.
 */
export function secretResourcePolicy({ accountId }: AwsAccount): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DenyOtherAccounts",
        Effect: "Deny",
        Principal: "*",
        Action: "secretsmanager:*",
        Resource: "*",
        Condition: {
          StringNotEquals: { "aws:PrincipalAccount": accountId },
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      },
    ],
  });
}

function replicaIssues({ name, region, partition, replicas }: AwsSecretsManagerSpec): readonly Issue[] {
  return replicas.flatMap((replica, index) => {
    const path = `stores.${name}.replicas[${index}]`;
    const issues: Issue[] = [...checkKey(`${path}.kmsKeyArn`, replica.kmsKeyArn, replica.region)];
    if (replica.region === region) {
      issues.push({
        path: `${path}.region`,
        problem: `is the region of the store itself, ${region}`,
        fix: "remove the entry",
      });
    }
    const theirs = awsPartitionOf(replica.region)?.id;
    if (theirs !== partition) {
      const problem = `must be a region of the store's own partition ${partition}, and ${replica.region} is in ${theirs ?? "none"}`;
      issues.push({
        path: `${path}.region`,
        problem,
        fix: "use a store of its own there: partitions share no accounts",
      });
    }
    if (replicas.findIndex((each) => each.region === replica.region) !== index) {
      issues.push({ path: `${path}.region`, problem: `${replica.region} is listed twice`, fix: "remove one entry" });
    }
    return issues;
  });
}

function recoveryIssues({ name, recoveryWindowDays: days }: AwsSecretsManagerSpec): readonly Issue[] {
  if (days === 0 || (days >= 7 && days <= 30)) return [];
  return [
    {
      path: `stores.${name}`,
      problem: `the environment's policy requires ${days} days of recovery; Secrets Manager allows 7 to 30, or 0 to delete at once`,
      fix: "change recoveryDays in the environment's policy",
    },
  ];
}

function nameIssues(
  spec: AwsSecretsManagerSpec,
  { address, referenced }: SecretShape,
  object: RemoteObject,
): readonly Issue[] {
  const { name } = object;
  const path = namingPath(spec.name, object);
  const whose = `the name of "${name}" of ${secretId(address)}`;
  const issues: Issue[] = [];
  // Services of AWS name what they manage with their own and an exclamation mark: `rds!cluster-…`.
  const service = /^[a-z0-9-]+!/.exec(name)?.[0];
  if (service !== undefined && referenced !== true) {
    issues.push({
      path,
      problem: `${whose} begins with "${service}", which only the service of AWS that makes such secrets can give`,
      fix: `read it where it is: ${setCommand(["reference", secretId(address)], true)}`,
    });
  }
  if (!/^[\w/+=.@-]+$/.test(name.slice(service?.length ?? 0))) {
    issues.push({ path, problem: `${whose} contains characters other than letters, digits and / _ + = . @ -` });
  }
  if (name.length > nameCharacters) {
    const problem = `${whose} has ${name.length} characters; Secrets Manager allows at most ${nameCharacters}`;
    issues.push({ path, problem });
  }
  return issues;
}

function sizeIssues(spec: AwsSecretsManagerSpec, shape: SecretShape, object: RemoteObject): readonly Issue[] {
  const size = leastBytes(object, shape.lengths);
  if (size <= secretBytes) return [];
  const subject = `secret "${object.name}" of ${secretId(shape.address)}`;
  return [{ path: `stores.${spec.name}`, problem: secretSizeProblem(subject, size), fix: secretSizeFix(spec) }];
}

/** What is wrong with a value that does not fit. */
export function secretSizeProblem(subject: string, size: number): string {
  return `${subject} has ${size} bytes; Secrets Manager allows at most ${secretBytes}`;
}

/** How to make a value fit. */
export function secretSizeFix({ name, layout }: AwsSecretsManagerSpec): string {
  if (layout === "bundle") return `${setCommand(["stores", name, "layout"], "per-key")}, or split the secret`;
  return "keep large files elsewhere, encrypted with a key that is the secret";
}
