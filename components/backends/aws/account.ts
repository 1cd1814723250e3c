import { own } from "../../support/own.ts";
import { secretId } from "../../support/naming.ts";
import type { StoreBase } from "../contract.ts";
import type { AwsEndpoints } from "./endpoints.ts";
import { referencePath } from "../references.ts";
import type { SecretShape } from "../remote-object.ts";
import { removeCommand } from "../../support/messages/config-command.ts";
import type { Issue } from "../../support/messages/errors.ts";
import { awsPartitionOf } from "./partitions.ts";

/** What every store on AWS needs. */
export interface AwsAccount extends AwsEndpoints {
  readonly region: string;
  /** Account number, twelve digits: rights name it, and a deployment with another account's credentials is refused. */
  readonly accountId: string;
  /** Partition of its ARNs: `aws`, `aws-cn`, … (`partitions.ts`). */
  readonly partition: string;
  /** ARN of the customer key that values are encrypted with. Default: the account's own key. */
  readonly kmsKeyArn?: string;
  /** Tags of everything made in the account. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Whether the account's OIDC provider for a cluster's issuer is made here, by cluster. Default: it exists, as on EKS,
   * where whoever made the cluster usually made it too. An account takes one for each issuer.
   */
  readonly oidcProviders: Readonly<Record<string, "existing" | "create">>;
  /** How roles are made that read here. */
  readonly roles: AwsRoles;
  /**
   * Account in which readers log in, each to a role of its own there, from which it takes on its role in this one. Default:
   * readers log in to this one.
   */
  readonly loginAccount?: AwsLoginAccount;
}

/** An account that trusts the clusters, where that of the store must not. */
export interface AwsLoginAccount {
  /** Account number, twelve digits: a deployment with another account's credentials is refused. */
  readonly accountId: string;
  /** Profile of the deployer's credentials there. Default: as for the store's account. */
  readonly profile?: string;
  /** ARN of the role that the deployer takes on there. Default: none. */
  readonly deployerRole?: string;
  /** Text that whoever takes on a reader's role must name, so that the account of the store can tell it apart. */
  readonly externalId?: string;
  /** Tags of the session in which a reader reads, which policies and logs may look at. */
  readonly sessionTags?: Readonly<Record<string, string>>;
  readonly roles: AwsRoles;
}

/** What an organization asks of every role in its accounts. */
export interface AwsRoles {
  /** IAM path of the roles, with a slash at both ends; default: `/`. */
  readonly path: string;
  /** ARN of the policy that bounds what a role may be permitted. */
  readonly permissionsBoundary?: string;
}

/** Tags that are set here beside those of the facts, which they win over, by what gets them. */
export const ownAwsTags = {
  /** Parameters and secrets. */
  objects: ["managed-by", "project", "stack", "rotate-by"],
  /** Roles, OIDC providers, associations of EKS Pod Identity. */
  identities: ["managed-by", "platform", "environment", "cluster", "namespace"],
} as const;

/** Most tags of a resource, of every service that is used here. */
export const mostAwsTags = 50;

/** ARN of something in the account that has no region, such as a role. */
export function globalArn({ partition, accountId }: AwsAccount, service: string, resource: string): string {
  return `arn:${partition}:${service}::${accountId}:${resource}`;
}

/** ARN of a role that is made here, or the beginning of one. */
export function roleArn(account: AwsAccount, name: string): string {
  return globalArn(account, "iam", `role${account.roles.path}${name}`);
}

/** What all roles that are made here have. Left out where it is IAM's own default, so that such a role shows no change. */
export function roleInputs({ roles: { path, permissionsBoundary } }: AwsAccount) {
  return {
    ...(path === "/" ? {} : { path }),
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
  };
}

/** ARN of something in the account and region of the store. */
export function regionalArn({ partition, region, accountId }: AwsAccount, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** Region of an ARN; empty for a global one. */
export function regionOfArn(arn: string): string {
  return arn.split(":")[3] ?? "";
}

/** What the facts of an account get wrong together, for a store of either kind. */
export function checkAccount(spec: AwsAccount & { readonly name: string }): readonly Issue[] {
  const path = `stores.${spec.name}`;
  return [
    ...checkKey(`${path}.kmsKeyArn`, spec.kmsKeyArn, spec.region),
    ...checkBoundary(`${path}.roles.permissionsBoundary`, spec),
    ...checkFips(`${path}.fips`, spec),
    ...checkLoginAccount(`${path}.loginAccount`, spec),
  ];
}

/** Elsewhere the name of such an endpoint leads nowhere: https://aws.amazon.com/compliance/fips (read 2026-11-29). */
function checkFips(path: string, { fips, region }: AwsAccount): readonly Issue[] {
  if (fips !== true || /^(?:us|ca)-/.test(region)) return [];
  const problem = `must be left out in ${region}: AWS has FIPS endpoints of these services in the United States and in Canada only`;
  return [{ path, problem, fix: removeCommand(path) }];
}

/** A chain of roles leads from one account to another. */
function checkLoginAccount(path: string, account: AwsAccount): readonly Issue[] {
  const { loginAccount, accountId, partition } = account;
  if (loginAccount === undefined) return [];
  const same = loginAccount.accountId === accountId;
  return [
    ...(same
      ? [
          {
            path,
            problem: `must be another account than that of the store, ${accountId}: there readers log in without it`,
            fix: removeCommand(path),
          },
        ]
      : []),
    ...checkBoundary(`${path}.roles.permissionsBoundary`, {
      partition,
      accountId: loginAccount.accountId,
      roles: loginAccount.roles,
    }),
  ];
}

/** IAM takes a boundary of the role's own account, or one of AWS's own policies. */
function checkBoundary(
  path: string,
  { partition, accountId, roles }: Pick<AwsAccount, "partition" | "accountId" | "roles">,
): readonly Issue[] {
  if (roles.permissionsBoundary === undefined) return [];
  const [, ofPartition, , , ofAccount] = roles.permissionsBoundary.split(":");
  if (ofPartition === partition && (ofAccount === accountId || ofAccount === "aws")) return [];
  return [
    {
      path,
      problem: `must begin with arn:${partition}:iam::${accountId}: or arn:${partition}:iam::aws:, the account of the role or AWS itself`,
      fix: "aws iam list-policies --query 'Policies[].Arn'",
    },
  ];
}

/** A key encrypts in its own region only, and its ARN says the region's partition. It may be of another account. */
export function checkKey(path: string, kmsKeyArn: string | undefined, region: string): readonly Issue[] {
  if (kmsKeyArn === undefined) return [];
  const [, partition = ""] = kmsKeyArn.split(":");
  const expected = awsPartitionOf(regionOfArn(kmsKeyArn))?.id;
  if (expected !== undefined && partition !== expected) {
    return [
      {
        path,
        problem: `must begin with arn:${expected}: for a key in ${regionOfArn(kmsKeyArn)}, and begins with arn:${partition}:`,
        fix: `aws kms describe-key --key-id <id> --region ${regionOfArn(kmsKeyArn)} --query KeyMetadata.Arn`,
      },
    ];
  }
  if (regionOfArn(kmsKeyArn) === region) return [];
  return [
    {
      path,
      problem: `must be a key in ${region}, received one in ${regionOfArn(kmsKeyArn)}`,
      fix: "a multi-Region key has an ARN of its own in each region: aws kms describe-key --key-id <id> --region <region>",
    },
  ];
}

/** The key of a secret that somebody else encrypted is in the store's region as well. */
export function checkReferencedKey(
  spec: AwsAccount & Pick<StoreBase, "name" | "references">,
  { address }: Pick<SecretShape, "address">,
): readonly Issue[] {
  const id = secretId(address);
  const key = own(spec.references ?? {}, id)?.kmsKeyArn;
  return checkKey(`${referencePath(spec.name, id)}.kmsKeyArn`, key, spec.region);
}
