import assert from "node:assert/strict";
import { environment, facts, policy, refusal, refusalOf } from "../../../support/fixtures.ts";
import type { ResolveArgs } from "../../../../stacks/config/resolve/environment.ts";

const issuer = "https://issuer.example/main";
const account = { region: "eu-central-1", accountId: "111122223333" };

const withStore = (store: Readonly<Record<string, unknown>>): Partial<ResolveArgs> => ({
  facts: {
    ...facts,
    stores: { aws: store },
    clusters: { main: { ...facts.clusters.main, issuer } },
    namespaces: { shop: { cluster: "main", store: "aws" } },
  },
});
const parameterStore = (changes: object = {}) => withStore({ kind: "aws-parameter-store", ...account, ...changes });
const secretsManager = (changes: object = {}) => withStore({ kind: "aws-secrets-manager", ...account, ...changes });

const tagsOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, ""]));

const keyArn =
  "must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>); an alias can't be named in a policy";

/** One thing that is wrong with the facts, and the line that says so. */
const refused: readonly (readonly [name: string, changes: Partial<ResolveArgs>, ...lines: readonly string[]])[] = [
  [
    "a region that is none",
    parameterStore({ region: "frankfurt" }),
    "  stores.aws.region: must be a region of AWS, such as eu-central-1 (all: components/backends/aws/partitions.ts)",
  ],
  [
    "an account number that lost a digit",
    parameterStore({ accountId: "11112222333" }),
    "  stores.aws.accountId: must be an account number of 12 digits, in quotation marks",
  ],
  ["an alias in the place of a key", parameterStore({ kmsKeyArn: "alias/mine" }), `  stores.aws.kmsKeyArn: ${keyArn}`],
  [
    "a tag that AWS keeps for itself",
    parameterStore({ tags: { "aws:team": "ml" } }),
    '  stores.aws.tags["aws:team"]: must not begin with aws:, which AWS keeps for itself',
  ],
  [
    "a tag with a value that AWS keeps for itself",
    parameterStore({ tags: { team: "AWS:ml" } }),
    "  stores.aws.tags.team: must not have a value that begins with aws:, which AWS keeps for itself",
  ],
  [
    "a tag that readers' roles get here in another case, which IAM takes for the same",
    parameterStore({ tags: { Environment: "production" } }),
    '  stores.aws.tags.Environment: must not differ from "environment" by case alone: that tag is set here, and IAM tells tags apart without case',
  ],
  [
    "a tag that stored objects get here in another case",
    secretsManager({ tags: { "Managed-By": "platform" } }),
    '  stores.aws.tags.Managed-By: must not differ from "managed-by" by case alone: that tag is set here, and IAM tells tags apart without case',
  ],
  [
    "two tags that differ by case alone",
    secretsManager({ tags: { team: "ml", Team: "ops" } }),
    '  stores.aws.tags.Team: must not differ from "team" by case alone: IAM tells tags apart without case',
  ],
  [
    "more tags than a resource takes together with those that are set here",
    parameterStore({ tags: tagsOf(46) }),
    "  stores.aws.tags: must leave room for those that are set here: a resource takes 50 tags, and readers' roles would have 51",
  ],
  [
    "a tag that is too long",
    parameterStore({ tags: { ["k".repeat(129)]: "" } }),
    `  stores.aws.tags.${"k".repeat(129)}: must be up to 128 characters, and its value up to 256`,
  ],
  [
    "a tag with characters that AWS does not take",
    secretsManager({ tags: { team: "ml & ops" } }),
    "  stores.aws.tags.team: must be letters, digits, spaces and _ . : / = + - @",
  ],
  [
    "a way to get an OIDC provider that is none",
    parameterStore({ oidcProviders: { main: "make" } }),
    "  stores.aws.oidcProviders.main: must be existing or create",
  ],
  [
    "a path of roles without its slashes",
    parameterStore({ roles: { path: "platform" } }),
    "  stores.aws.roles.path: must begin and end with a slash, with letters, digits and _ + = , . @ - between slashes, such as /platform/",
  ],
  [
    "a boundary that is no policy",
    parameterStore({ roles: { permissionsBoundary: "arn:aws:iam::111122223333:role/bound" } }),
    "  stores.aws.roles.permissionsBoundary: must be the ARN of an IAM policy (arn:aws:iam::<account>:policy/<name>)",
  ],
  [
    "a tier that is none",
    parameterStore({ tier: "large" }),
    "  stores.aws.tier: must be by-size, standard or advanced",
  ],
];

describe("facts of a store on AWS", () => {
  it("are few: the rest has a default", () => {
    assert.deepEqual(environment(parameterStore()).stores.get("aws"), {
      kind: "aws-parameter-store",
      name: "aws",
      region: "eu-central-1",
      accountId: "111122223333",
      partition: "aws",
      tags: {},
      oidcProviders: {},
      roles: { path: "/" },
      layout: "per-key",
      tier: "by-size",
    });
    assert.deepEqual(environment(secretsManager()).stores.get("aws"), {
      kind: "aws-secrets-manager",
      name: "aws",
      region: "eu-central-1",
      accountId: "111122223333",
      partition: "aws",
      tags: {},
      oidcProviders: {},
      roles: { path: "/" },
      layout: "bundle",
      replicas: [],
      recoveryWindowDays: 7,
    });
  });

  it("take an account number that YAML read as a number", () => {
    const store = environment(parameterStore({ accountId: 111122223333 })).stores.get("aws");
    assert.ok(store?.kind === "aws-parameter-store");
    assert.equal(store.accountId, "111122223333");
  });

  it("take as many tags as there is room for, and those of ours under their own names", () => {
    for (const tags of [tagsOf(45), { ...tagsOf(44), environment: "test", "managed-by": "pulumi" }]) {
      const store = environment(parameterStore({ tags })).stores.get("aws");
      assert.ok(store?.kind === "aws-parameter-store");
      assert.deepEqual(store.tags, tags);
    }
  });

  it("tell the partition by the region", () => {
    for (const [region, partition] of [
      ["cn-north-1", "aws-cn"],
      ["us-gov-west-1", "aws-us-gov"],
      ["us-east-1", "aws"],
    ]) {
      const store = environment(parameterStore({ region })).stores.get("aws");
      assert.ok(store?.kind === "aws-parameter-store");
      assert.equal(store.partition, partition);
    }
  });

  it("leave the recovery window to the policy", () => {
    const store = environment({ ...secretsManager(), policy: { ...policy, recoveryDays: 30 } }).stores.get("aws");
    assert.ok(store?.kind === "aws-secrets-manager");
    assert.equal(store.recoveryWindowDays, 30);
  });

  for (const [name, changes, ...lines] of refused) {
    it(`reject ${name}`, () => assert.equal(refusalOf(changes), refusal(1, ...lines)));
  }
});
