import type { AwsAccount } from "../../../../components/backends/aws/account.ts";
import { stateResource } from "../../../support/fixtures.ts";
import { account, parameterArn, secretArn } from "../../../support/providers/aws.ts";
import { address, type Row } from "./row.ts";

/** The account of the rows. */
export const awsAccount: AwsAccount = { ...account, tags: { team: "ml" }, oidcProviders: {}, roles: { path: "/" } };

const facts = { region: account.region, accountId: account.accountId, tags: { team: "ml" } };

const parameterType = "aws:ssm/parameter:Parameter";
const elsewhere = (arn: string) => [
  arn.replace(account.accountId, "999900001111"),
  arn.replace(account.region, "us-east-1"),
];

export const awsParameterStore: Row = {
  spec: { kind: "aws-parameter-store", name: "main", ...awsAccount, layout: "per-key", tier: "by-size" },
  facts: { kind: "aws-parameter-store", ...facts },
  place: [account.accountId, account.region],
  ports: [443],
  billed: true,
  resource: parameterType,
  readsLabels: true,
  takesOver: () => ({ type: parameterType, importId: "", inputs: { overwrite: true } }),
  refused: {
    address: { ...address, platform: "aws" },
    path: "stores.main",
    problem: '"/aws-dev/" begins with aws or ssm, which AWS reserves',
  },
  chosenNames: {
    "shop/db": "/Shop_DB",
    "shop/db/password": "/password.of.shop",
    "shop/db/username": "/legacy/Shop/user",
  },
  functionsThatRead: ["aws:ssm/getParameter:getParameter"],
  changeByHand: ({ memory }, name, payload) => memory.write("aws-parameter-store", name, payload),
  deleteByHand: ({ memory }, name) => memory.delete("aws-parameter-store", name),
  foreign: [
    ...elsewhere(parameterArn("/acme-dev/shop/other")).map((arn, index) =>
      stateResource({ name: `elsewhere-${index}`, type: parameterType, names: { arn } }),
    ),
    stateResource({ name: "no-arn", type: parameterType }),
    stateResource({ name: "other-type", type: "aws:ssm/document:Document", names: { arn: parameterArn("/a/b") } }),
  ],
};

const [secretType, versionType] = [
  "aws:secretsmanager/secret:Secret",
  "aws:secretsmanager/secretVersion:SecretVersion",
];

export const awsSecretsManager: Row = {
  spec: {
    kind: "aws-secrets-manager",
    name: "main",
    ...awsAccount,
    layout: "bundle",
    replicas: [{ region: "eu-west-1" }],
    recoveryWindowDays: 7,
  },
  facts: { kind: "aws-secrets-manager", ...facts, replicas: [{ region: "eu-west-1" }] },
  place: [account.accountId, account.region],
  ports: [443],
  billed: true,
  resource: versionType,
  takesOver: (name) => ({ type: secretType, importId: secretArn(name) }),
  // The second ends like an ARN does.
  chosenNames: {
    "shop/db": "AmazonMSK_shop",
    "shop/db/password": "shop-db-secret",
    "shop/db/username": "legacy/user@shop",
  },
  functionsThatRead: ["aws:secretsmanager/getSecretVersion:getSecretVersion"],
  changeByHand: ({ memory }, name, payload) => memory.write("aws-secrets-manager", name, payload),
  deleteByHand: ({ memory }, name) => memory.delete("aws-secrets-manager", name),
  foreign: [
    ...elsewhere(secretArn("acme-dev/shop/other")).map((arn, index) =>
      stateResource({ name: `elsewhere-${index}`, type: secretType, names: { arn, name: "acme-dev/shop/other" } }),
    ),
    stateResource({ name: "no-arn", type: secretType, names: { name: "acme-dev/shop/other" } }),
    stateResource({ name: "version", type: versionType, names: { secretId: secretArn("acme-dev/shop/other") } }),
  ],
};
