import assert from "node:assert/strict";
import { isAwsGrant } from "../../../../components/backends/aws/grant.ts";
import fc from "fast-check";
import { all, output, secret } from "@pulumi/pulumi";
import { warnOfFailedReplicas } from "../../../../components/backends/aws/failed-replicas.ts";
import { madeAnewAdvice, scheduledDeletionAdvice } from "../../../../components/backends/aws/scheduled-deletion.ts";
import {
  secretResourcePolicy,
  type AwsSecretsManagerSpec,
} from "../../../../components/backends/aws/secrets-manager.ts";
import { checkSecretShape, openStore, remoteObjectsOf } from "../../../../components/backends/index.ts";
import { StoreError } from "../../../../components/support/messages/errors.ts";
import { settled } from "../../../../components/support/settled.ts";
import { readState } from "../../../../stacks/deploy/state.ts";
import { failureOf, runFailing, runProgram, type RunOptions } from "../../../support/mocks.ts";
import { bytes, secretArn } from "../../../support/providers/aws.ts";
import { SecretInput } from "../../../support/recording.ts";
import { RemoteMemory } from "../../../support/remote-memory.ts";
import { prepared, readable } from "../../../support/surveys.ts";
import { awsAccount } from "../rows/aws.ts";
import { address } from "../rows/row.ts";

const spec: AwsSecretsManagerSpec = {
  kind: "aws-secrets-manager",
  name: "main",
  ...awsAccount,
  layout: "bundle",
  replicas: [],
  recoveryWindowDays: 7,
};
const [keyHere, keyThere] = ["eu-central-1", "eu-west-1"].map((region) => `arn:aws:kms:${region}:111122223333:key/1`);
const [holderType, versionType, policyType] = [
  "aws:secretsmanager/secret:Secret",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:secretsmanager/secretPolicy:SecretPolicy",
];
const name = "acme-dev/shop/db";
const object = { name, layout: "bundle", keys: ["password"] } as const;
const open = (changes: Partial<AwsSecretsManagerSpec> = {}) =>
  openStore({ spec: { ...spec, ...changes }, secretConfig: () => undefined, options: {} });

interface Wanted {
  readonly changes?: Partial<AwsSecretsManagerSpec>;
  readonly value?: string;
  readonly adopt?: boolean;
  readonly retain?: boolean;
}
const put =
  ({ changes, value = "value-5d1f", adopt = false, retain = false }: Wanted = {}) =>
  async () => {
    const store = await prepared(open(changes), { names: adopt ? [name] : [] });
    return store.put("shop/db/main", {
      object,
      payload: secret(value),
      owner: { "managed-by": "pulumi", stack: "dev" },
      rotateBy: "2026-12-01",
      retain,
      options: {},
    });
  };
const holder = async (wanted?: Wanted, options?: RunOptions) =>
  (await runProgram(put(wanted), options)).resources.find(holderType, "shop/db/main");
const held = () => {
  const memory = new RemoteMemory();
  memory.write("aws-secrets-manager", name, "theirs");
  return { memory };
};
const issuesOf = (changes: Partial<AwsSecretsManagerSpec>, lengths: Readonly<Record<string, number>> = {}) =>
  checkSecretShape({ ...spec, ...changes }, { address, keys: ["password", "tls.crt"], lengths });

/** The store tells a version: no key is asked for. */
const noKey = () => assert.fail("a key was asked for");

describe("Secrets Manager backend", () => {
  it("makes a secret, its value and its policy, and waits for the value", async () => {
    const { resources, result } = await runProgram(put());
    assert.deepEqual(
      resources.contents,
      [
        `${policyType} shop/db/main`,
        `${holderType} shop/db/main`,
        `${versionType} shop/db/main`,
        "pulumi:providers:aws main",
      ].sort(),
    );
    assert.deepEqual(resources.find(holderType, "shop/db/main").inputs, {
      name,
      recoveryWindowInDays: 7,
      tags: { team: "ml", "managed-by": "pulumi", stack: "dev", "rotate-by": "2026-12-01" },
    });
    assert.deepEqual(resources.find(versionType, "shop/db/main").inputs, {
      secretId: secretArn(name),
      secretString: new SecretInput("value-5d1f"),
    });
    assert.deepEqual(resources.find(policyType, "shop/db/main").inputs, {
      secretArn: secretArn(name),
      policy: secretResourcePolicy(spec),
      blockPublicPolicy: true,
    });
    assert.equal(result.resources.length, 1);
  });

  it("keeps a new value beside the old one: it is not deleted first", async () => {
    const { resources } = await runProgram(put());
    assert.equal(resources.find(versionType, "shop/db/main").options.deleteBeforeReplace, false);
  });

  it("keeps all three at the end where it is asked to", async () => {
    const { resources } = await runProgram(put({ retain: true }));
    for (const type of [holderType, versionType, policyType] as const) {
      assert.equal(resources.find(type ?? "", "shop/db/main").options.retainOnDelete, true);
    }
  });

  it("copies to other regions, each with its key, and encrypts with its own", async () => {
    const changes: Partial<AwsSecretsManagerSpec> = {
      kmsKeyArn: keyHere ?? "",
      replicas: [{ region: "eu-west-1", kmsKeyArn: keyThere ?? "" }, { region: "eu-north-1" }],
    };
    const { inputs } = await holder({ changes });
    assert.equal(inputs["kmsKeyId"], keyHere);
    // Where AWS chooses the key it answers with its alias, and the provider takes a replica with another key for another.
    assert.deepEqual(inputs["replicas"], [
      { region: "eu-west-1", kmsKeyId: keyThere },
      { region: "eu-north-1", kmsKeyId: "alias/aws/secretsmanager" },
    ]);
  });

  it("warns of a replica that failed, with AWS' reason, and of no other", async () => {
    const warned = await runProgram(() => {
      warnOfFailedReplicas(
        spec,
        "acme-dev/shop/db",
        output([
          { region: "eu-north-1", status: "InSync" },
          { region: "eu-west-1", status: "Failed", statusMessage: "Replication failed: the name exists" },
        ]),
      );
      return Promise.resolve();
    });
    assert.deepEqual(
      warned.logs.map(({ message }) => message),
      [
        'store main: secret "acme-dev/shop/db" has no replica in region eu-west-1: Replication failed: the name exists\n' +
          "    fix: once the cause is gone (docs/stores/aws-secrets-manager.md#replicas): aws secretsmanager remove-regions-from-replication --region eu-central-1 --secret-id acme-dev/shop/db --remove-replica-regions eu-west-1 && pulumi up --refresh",
      ],
    );
  });

  it("goes back to the account's key where the customer key is taken away, which leaving it out would not do", async () => {
    const before = await runProgram(put({ changes: { kmsKeyArn: keyHere ?? "" } }));
    const without = async () => {
      const store = await prepared(open(), { state: await readState() });
      store.put("shop/db/main", {
        object,
        payload: secret("value-5d1f"),
        owner: {},
        retain: false,
        options: {},
      });
    };
    const { resources } = await runProgram(without, { memory: before.memory, state: before.state });
    assert.equal(resources.find(holderType ?? "", "shop/db/main").inputs["kmsKeyId"], "alias/aws/secretsmanager");
  });

  it("deletes at once only where the policy says so", async () => {
    assert.equal((await holder({ changes: { recoveryWindowDays: 0 } })).inputs["recoveryWindowInDays"], 0);
    assert.equal((await holder({ changes: { recoveryWindowDays: 30 } })).inputs["recoveryWindowInDays"], 30);
  });

  it("imports a secret that it adopts, whatever its tags are, and writes the value as a new version", async () => {
    const { resources, memory } = await runProgram(put({ adopt: true }), held());
    const { options } = resources.find(holderType, "shop/db/main");
    assert.equal(options.importId, secretArn(name));
    assert.ok(options.ignoreChanges.includes("tags") && options.ignoreChanges.includes("recoveryWindowInDays"));
    assert.deepEqual(memory.read("aws-secrets-manager", name), { payload: "value-5d1f", version: 2 });
    const fresh = (await holder()).options;
    assert.deepEqual([fresh.importId, fresh.ignoreChanges], ["", []]);
  });

  it("reads a value that was stored as bytes: it is not empty, and would be lost", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-secrets-manager", name, `${bytes}theirs-77aa`);
    const { result } = await runProgram(async () => settled((await readable(open()))(name)), { memory });
    assert.equal(result, "theirs-77aa");
  });

  it("asks once for all names of an environment, and for no value", async () => {
    const names = [name, "acme-dev/shop/api", "acme-dev/till/db"];
    const { calls, result } = await runProgram(async () => (await open()).existing(names), held());
    assert.deepEqual(calls, [
      {
        token: "aws:secretsmanager/getSecrets:getSecrets",
        provider: "main",
        inputs: { filters: [{ name: "name", values: ["acme-dev/"] }] },
      },
    ]);
    assert.deepEqual([...result], [[name, { id: secretArn(name) }]]);
  });

  it("rejects an account that does not answer, and says what to check", async () => {
    const memory = new RemoteMemory();
    memory.names = () => {
      throw new Error("AccessDeniedException: not authorized to perform: secretsmanager:ListSecrets");
    };
    const { errors } = await runFailing(async () => (await open()).existing([name]), { memory });
    assert.ok(errors[0] instanceof StoreError);
    assert.equal(
      errors[0].message,
      "stores.main: listing the names of secrets that begin with acme-dev/ in account 111122223333, region eu-central-1 failed: " +
        "AccessDeniedException: not authorized to perform: secretsmanager:ListSecrets.\n" +
        "    fix: check which identity these credentials have (aws sts get-caller-identity) and its permissions: " +
        "docs/stores/aws-secrets-manager.md#what-the-deployer-needs",
    );
  });

  it("names the command that makes our version the current one again", async () => {
    const before = await runProgram(put());
    const command = async () => {
      const session = await open();
      return session.restoreCommand(name, session.owned(await readState()).get(name));
    };
    const { result } = await runProgram(command, { memory: before.memory, state: before.state });
    assert.equal(
      result,
      "aws secretsmanager update-secret-version-stage --region eu-central-1 --secret-id acme-dev/shop/db " +
        "--version-stage AWSCURRENT --move-to-version-id 00000000-0000-4000-8000-000000000001 " +
        "--remove-from-version-id $(aws secretsmanager get-secret-value --region eu-central-1 --secret-id acme-dev/shop/db --query VersionId --output text)",
    );
  });

  it("sees no change where an interrupted run made the secret and wrote no value yet", async () => {
    const before = await runProgram(put());
    const state = Object.fromEntries(Object.entries(before.state).filter(([urn]) => !urn.includes(versionType ?? "")));
    const intact = async () => {
      const store = await prepared(open(), { state: await readState() });
      const args = { object, payload: secret("value-5d1f"), owner: {}, retain: false, options: {} };
      const { intact: ask = () => assert.fail("not owned") } = store.put("shop/db/main", args);
      return settled(ask());
    };
    assert.equal((await runProgram(intact, { memory: before.memory, state })).result, true);
  });

  it("takes the exact ARN of a referenced secret, and looks at no value", async () => {
    const refer = async () => {
      const { grant, version } = (await prepared(open())).reference("shop/db/theirs", object, noKey);
      assert.ok(isAwsGrant(grant));
      return new Promise((resolve) => all([grant.arn, version]).apply(resolve));
    };
    const { calls, result } = await runProgram(refer, held());
    assert.deepEqual(result, [secretArn(name), "2026-01-01T00:00:00Z"]);
    assert.deepEqual(
      calls.map(({ token, inputs }) => [token, inputs]),
      [["aws:secretsmanager/getSecret:getSecret", { name }]],
    );
  });

  it("rejects a value that turns out too long, without showing it", async () => {
    assert.equal(
      await failureOf(put({ value: "x".repeat(65_537) })),
      'error serializing property "secretString": stores.main: secret "acme-dev/shop/db" has 65537 bytes; Secrets Manager allows at most 65536.\n' +
        "    fix: pulumi config set --path 'stores.main.layout' per-key, or split the secret",
    );
  });

  it("explains a name that a deleted secret still holds", async () => {
    const { hooks, resources } = await runProgram(put());
    assert.deepEqual(hooks, ["explain-scheduled-deletion-main"]);
    assert.deepEqual(resources.find(holderType, "shop/db/main").options.hooks, {
      onError: ["explain-scheduled-deletion-main"],
    });
    const failed = { resource: "shop/db/main/password", remoteName: "acme-dev/shop/db/password" };
    const error = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    assert.equal(
      scheduledDeletionAdvice(spec, { ...failed, error }),
      'store main: "acme-dev/shop/db/password" is scheduled for deletion, and its name is reserved for 7 to 30 days (currently 7).\n' +
        "  fix: to have the old value back: aws secretsmanager restore-secret --region eu-central-1 --secret-id acme-dev/shop/db/password\n" +
        "       and then: pulumi config set --path 'adopt[\"shop/db\"]' true\n" +
        "       to give it up for ever: aws secretsmanager delete-secret --region eu-central-1 --secret-id acme-dev/shop/db/password --force-delete-without-recovery",
    );
    assert.equal(scheduledDeletionAdvice(spec, { ...failed, error: "AccessDenied" }), undefined);
  });

  it("explains a name that somebody gave to another secret while the state had one", () => {
    const failed = { resource: "shop/db/main/password", remoteName: "acme-dev/shop/db/password" };
    const error = "ResourceExistsException: The operation failed because the secret already exists.";
    assert.equal(
      madeAnewAdvice(spec, { ...failed, error }),
      'store main: "acme-dev/shop/db/password" was made outside this program, in place of the one that the state had. It was not overwritten.\n' +
        "  fix: to adopt it (refused if any value would be lost): pulumi refresh && pulumi config set --path 'adopt[\"shop/db\"]' true && pulumi up",
    );
    assert.equal(madeAnewAdvice(spec, { ...failed, error: "AccessDenied" }), undefined);
  });
});

describe("Secrets Manager rules", () => {
  const refused: readonly (readonly [string, readonly unknown[], object])[] = [
    [
      "a bundle that is too long together",
      issuesOf({}, { password: 65_000, "tls.crt": 600 }),
      {
        path: "stores.main",
        problem: 'secret "acme-dev/shop/db" of shop/db has 65628 bytes; Secrets Manager allows at most 65536',
        fix: "pulumi config set --path 'stores.main.layout' per-key, or split the secret",
      },
    ],
    [
      "a value that is too long alone",
      issuesOf({ layout: "per-key" }, { password: 65_537 }),
      {
        path: "stores.main",
        problem: 'secret "acme-dev/shop/db/password" of shop/db has 65537 bytes; Secrets Manager allows at most 65536',
        fix: "keep large files elsewhere, encrypted with a key that is the secret",
      },
    ],
    [
      "a copy in its own region",
      issuesOf({ replicas: [{ region: "eu-central-1" }] }),
      {
        path: "stores.main.replicas[0].region",
        problem: "is the region of the store itself, eu-central-1",
        fix: "remove the entry",
      },
    ],
    [
      "two copies in one region",
      issuesOf({ replicas: [{ region: "eu-west-1" }, { region: "eu-west-1" }] }),
      { path: "stores.main.replicas[1].region", problem: "eu-west-1 is listed twice", fix: "remove one entry" },
    ],
    [
      "a copy with a key of another region",
      issuesOf({ replicas: [{ region: "eu-west-1", kmsKeyArn: keyHere ?? "" }] }),
      {
        path: "stores.main.replicas[0].kmsKeyArn",
        problem: "must be a key in eu-west-1, received one in eu-central-1",
        fix: "a multi-Region key has an ARN of its own in each region: aws kms describe-key --key-id <id> --region <region>",
      },
    ],
    [
      "a recovery window that AWS does not have",
      issuesOf({ recoveryWindowDays: 3 }),
      {
        path: "stores.main",
        problem:
          "the environment's policy requires 3 days of recovery; Secrets Manager allows 7 to 30, or 0 to delete at once",
        fix: "change recoveryDays in the environment's policy",
      },
    ],
  ];
  for (const [what, issues, expected] of refused) it(`reject ${what}`, () => assert.deepEqual(issues, [expected]));

  it("reject a name that is too long", () => {
    const path = `old/${"x".repeat(512 - "acme-dev/old/".length)}`;
    const problems = (at: string) =>
      checkSecretShape(spec, { address: { ...address, path: at }, keys: ["a"], lengths: {} }).map(
        ({ problem }) => problem,
      );
    assert.deepEqual(problems(path), []);
    assert.deepEqual(problems(`${path}x`), [
      `the name of "acme-dev/${path}x" of shop/db has 513 characters; Secrets Manager allows at most 512`,
    ]);
  });

  it("name secrets legally, each otherwise, and the same each time", () => {
    const paths = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,5}(\/[a-z0-9][a-z0-9_.-]{0,5}){1,3}$/);
    const where = fc.record({ path: paths, key: fc.stringMatching(/^[-._a-zA-Z0-9]{1,6}$/) });
    for (const layout of ["bundle", "per-key"] as const) {
      const nameOf = ({ path, key }: { readonly path: string; readonly key: string }) =>
        remoteObjectsOf({ ...spec, layout }, { address: { ...address, path }, keys: [key], lengths: {} })[0]?.name ??
        "";
      fc.assert(
        fc.property(where, where, (a, b) => {
          assert.match(nameOf(a), /^[\w/+=.@-]{1,512}$/);
          assert.equal(nameOf(a), nameOf({ ...a }));
          assert.equal(nameOf(a) === nameOf(b), a.path === b.path && (layout === "bundle" || a.key === b.key));
        }),
      );
    }
  });
});
