import assert from "node:assert/strict";
import fc from "fast-check";
import { output, secret } from "@pulumi/pulumi";
import { commonFolders } from "../../../../components/backends/aws/parameter-store-session.ts";
import type { AwsParameterStoreSpec } from "../../../../components/backends/aws/parameter-store.ts";
import type { StateResource } from "../../../../components/backends/contract.ts";
import { checkSecretShape, openStore, remoteObjectsOf } from "../../../../components/backends/index.ts";
import { foundNames } from "../../../../components/backends/survey.ts";
import { StoreError } from "../../../../components/support/messages/errors.ts";
import { secretKey, secretPath } from "../../../../components/support/naming.ts";
import { stateResource } from "../../../support/fixtures.ts";
import { failureOf, runFailing, runProgram } from "../../../support/mocks.ts";
import { parameterArn } from "../../../support/providers/aws.ts";
import { SecretInput } from "../../../support/recording.ts";
import { RemoteMemory } from "../../../support/remote-memory.ts";
import { prepared, readable } from "../../../support/surveys.ts";
import { awsAccount } from "../rows/aws.ts";
import { address } from "../rows/row.ts";

const spec: AwsParameterStoreSpec = {
  kind: "aws-parameter-store",
  name: "main",
  ...awsAccount,
  layout: "per-key",
  tier: "by-size",
};
const key = "arn:aws:kms:eu-central-1:111122223333:key/0000-1111";
const type = "aws:ssm/parameter:Parameter";
const name = "/acme-dev/shop/db/password";
const object = { name, layout: "per-key", keys: ["password"] } as const;

interface Wanted {
  readonly changes?: Partial<AwsParameterStoreSpec>;
  readonly value?: string;
  readonly adopt?: boolean;
  readonly rotateBy?: string;
  readonly state?: readonly StateResource[];
}
const put =
  ({ changes = {}, value = "value-5d1f", adopt = false, rotateBy, state = [] }: Wanted = {}) =>
  async () => {
    const session = await openStore({ spec: { ...spec, ...changes }, secretConfig: () => undefined, options: {} });
    const survey = { owned: session.owned(state), untracked: foundNames(adopt ? [name] : []) };
    return session.prepare(survey).put("shop/db/main/password", {
      object,
      payload: secret(value),
      owner: { "managed-by": "pulumi", stack: "dev" },
      retain: false,
      ...(rotateBy === undefined ? {} : { rotateBy }),
      options: {},
    });
  };
const written = async (wanted?: Wanted) =>
  (await runProgram(put(wanted))).resources.find(type, "shop/db/main/password");

const issuesOf = (changes: Partial<AwsParameterStoreSpec>, lengths: Readonly<Record<string, number>> = {}) =>
  checkSecretShape({ ...spec, ...changes }, { address, keys: ["password", "tls.crt"], lengths });

/** The store tells a version: no key is asked for. */
const noKey = () => assert.fail("a key was asked for");

describe("Parameter Store backend", () => {
  it("has a provider of its own, for one region and for no account but one", async () => {
    const { resources } = await runProgram(put());
    const { inputs } = resources.find("pulumi:providers:aws", "main");
    assert.deepEqual([inputs["region"], inputs["allowedAccountIds"]], ["eu-central-1", '["111122223333"]']);
    assert.equal("defaultTags" in inputs, false);
  });

  it("writes one encrypted parameter in the smallest tier that fits, with the tags of store and owner", async () => {
    const { inputs, options, provider } = await written({ rotateBy: "2026-12-01" });
    assert.deepEqual(inputs, {
      name,
      type: "SecureString",
      value: new SecretInput("value-5d1f"),
      tier: "Intelligent-Tiering",
      keyId: "alias/aws/ssm",
      tags: { team: "ml", "managed-by": "pulumi", stack: "dev", "rotate-by": "2026-12-01" },
    });
    assert.equal(options.retainOnDelete, false);
    assert.equal(provider, "main");
  });

  it("deletes an old parameter first only where the new one has its name", async () => {
    const stateOf = (arn: string) => [stateResource({ name: "db", type, names: { arn } })];
    const first = async (state?: Wanted["state"]) =>
      (await written(state === undefined ? {} : { state })).options.deleteBeforeReplace;
    assert.equal(await first(stateOf(parameterArn(name))), true);
    assert.equal(await first(stateOf(parameterArn(`${name}-before`))), false);
    assert.equal(await first(), false);
  });

  it("encrypts with the customer key, where there is one, and grants its use", async () => {
    const { result, resources } = await runProgram(put({ changes: { kmsKeyArn: key } }));
    assert.equal(resources.find(type, "shop/db/main/password").inputs["keyId"], key);
    assert.deepEqual(result.grant, { kind: "aws-parameter-store", arn: parameterArn(name), kmsKeyArn: key });
  });

  it("writes over a parameter only where it adopts it, and shows no change afterwards", async () => {
    const adopting = await written({ adopt: true });
    assert.equal(adopting.inputs["overwrite"], true);
    // Ignored, it would be what the state has: nothing, where the parameter had another name before.
    assert.deepEqual(adopting.options.ignoreChanges, []);
    const after = await written();
    assert.equal("overwrite" in after.inputs, false);
    assert.deepEqual(after.options.ignoreChanges, ["overwrite"]);
  });

  it("never makes an advanced parameter standard again, which AWS refuses", async () => {
    const state = [stateResource({ name: "db", type, names: { arn: parameterArn(name), tier: "Advanced" } })];
    const small = await written({ changes: { tier: "standard" }, state });
    assert.equal(small.inputs["tier"], "Advanced");
    assert.equal((await written({ changes: { tier: "standard" } })).inputs["tier"], "Standard");
    assert.equal((await written({ changes: { tier: "advanced" } })).inputs["tier"], "Advanced");
    assert.equal((await written({ state })).inputs["tier"], "Intelligent-Tiering");
  });

  it("rejects a value that turns out too long, without showing it", async () => {
    const value = "ä".repeat(2049);
    assert.equal(
      await failureOf(put({ changes: { tier: "standard" }, value })),
      'error serializing property "value": stores.main: parameter "/acme-dev/shop/db/password" has 4098 bytes; tier standard allows at most 4096.\n' +
        "    fix: pulumi config set --path 'stores.main.tier' by-size",
    );
    await runProgram(put({ value }));
  });

  it("rejects a value that turns out to hold two braces, without showing it", async () => {
    assert.equal(
      await failureOf(put({ value: "Hello {{name}}" })),
      'error serializing property "value": stores.main: parameter "/acme-dev/shop/db/password" holds "{{", which Parameter Store takes for the name of another parameter and refuses.\n' +
        "    fix: provide another value, or keep the secret in a store of kind aws-secrets-manager",
    );
    await runProgram(put({ value: '{"a":{"b":{}}}' }));
  });

  it("asks once for all names of an environment, and decrypts none", async () => {
    const names = ["/acme-dev/shop/db/password", "/acme-dev/shop/api", "/acme-dev/till/db/user"];
    const { calls } = await runProgram(async () =>
      (await openStore({ spec, secretConfig: () => undefined, options: {} })).existing(names),
    );
    assert.deepEqual(calls, [
      {
        token: "aws:ssm/getParametersByPath:getParametersByPath",
        provider: "main",
        inputs: { path: "/acme-dev", recursive: true, withDecryption: false },
      },
    ]);
  });

  it("asks below the deepest folder that holds all names", () => {
    assert.deepEqual(commonFolders(["/a/b/c", "/a/b/c/d", "/a/b/e"]), ["/a/b"]);
    assert.deepEqual(commonFolders(["/a/b/c"]), ["/a/b"]);
    assert.deepEqual(commonFolders(["/a/b", "/c/d/e"]), ["/a", "/c/d"]);
    assert.deepEqual(commonFolders([]), []);
  });

  it("asks for parameters in no folder without all that is in one", async () => {
    assert.deepEqual(commonFolders(["/a", "/a/b", "/c"]), ["/", "/a"]);
    const { calls } = await runProgram(async () =>
      (await openStore({ spec, secretConfig: () => undefined, options: {} })).existing(["/db"]),
    );
    assert.deepEqual(
      calls.map(({ inputs }) => inputs),
      [{ path: "/", recursive: false, withDecryption: false }],
    );
  });

  it("asks for a parameter in no hierarchy by its name, and does not decrypt it", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-parameter-store", "db", "theirs-77aa");
    memory.write("aws-parameter-store", "/other", "theirs-77aa");
    const { result, calls } = await runProgram(
      async () => (await openStore({ spec, secretConfig: () => undefined, options: {} })).existing(["db", "other"]),
      { memory },
    );
    assert.deepEqual([...result.keys()], ["db"]);
    assert.deepEqual(
      calls.map(({ inputs }) => inputs),
      ["db", "other"].map((each) => ({ name: each, withDecryption: false })),
    );
  });

  it("does not take a parameter below a name for the name", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-parameter-store", `${name}/old`, "1");
    const ask = async () =>
      (await openStore({ spec, secretConfig: () => undefined, options: {} })).existing([name, "/acme-dev/shop/x"]);
    assert.deepEqual([...(await runProgram(ask, { memory })).result.keys()], []);
  });

  it("reads nothing where nothing is", async () => {
    const read = async () => {
      const read = await readable(openStore({ spec, secretConfig: () => undefined, options: {} }));
      const found = read(name);
      return new Promise((resolve) => found.apply((value) => resolve(value)));
    };
    assert.equal((await runProgram(read)).result, undefined);
  });

  it("rejects an account that does not answer, with what it said and what to check, and writes nothing", async () => {
    const memory = new RemoteMemory();
    memory.names = () => {
      throw new Error("AWS account ID not allowed: 999900001111");
    };
    const ask = async () => (await openStore({ spec, secretConfig: () => undefined, options: {} })).existing([name]);
    const { errors, resources } = await runFailing(ask, { memory });
    const [error] = errors;
    assert.ok(error instanceof StoreError);
    assert.equal(
      error.message,
      "stores.main: listing the names of parameters below /acme-dev/shop/db in account 111122223333, region eu-central-1 failed: " +
        "AWS account ID not allowed: 999900001111.\n" +
        "    fix: check which identity these credentials have (aws sts get-caller-identity) and its permissions: " +
        "docs/stores/aws-parameter-store.md#what-the-deployer-needs",
    );
    resources.assertNone(type);
  });

  it("tells the version of a referenced parameter without decrypting it", async () => {
    const memory = new RemoteMemory();
    memory.write("aws-parameter-store", name, "theirs");
    const refer = async () => {
      const store = await prepared(openStore({ spec, secretConfig: () => undefined, options: {} }));
      const { grant, version } = store.reference("shop/db/theirs", object, noKey);
      return [grant, await new Promise((resolve) => output(version).apply(resolve))];
    };
    const { result, calls } = await runProgram(refer, { memory });
    assert.deepEqual(result, [{ kind: "aws-parameter-store", arn: parameterArn(name) }, "1"]);
    assert.deepEqual(calls[0]?.inputs, { name, withDecryption: false });
  });
});

describe("Parameter Store rules", () => {
  const standard =
    'parameter "/acme-dev/shop/db/password" of shop/db has 4097 bytes; tier standard allows at most 4096';
  const refused: readonly (readonly [string, readonly unknown[], ...(readonly object[])])[] = [
    [
      "a value that is too long for the standard tier",
      issuesOf({ tier: "standard" }, { password: 4097 }),
      { path: "stores.main", problem: standard, fix: "pulumi config set --path 'stores.main.tier' by-size" },
    ],
    [
      "a value that is too long for any tier",
      issuesOf({}, { password: 8193 }),
      {
        path: "stores.main",
        problem: 'parameter "/acme-dev/shop/db/password" of shop/db has 8193 bytes; tier by-size allows at most 8192',
        fix: "keep it in a store of kind aws-secrets-manager, which allows 65536",
      },
    ],
    [
      "a value that holds two braces, or may",
      checkSecretShape(spec, { address, keys: ["password"], lengths: {}, doubleBraces: ["password"] }),
      {
        path: "stores.main",
        problem:
          'key password of shop/db holds, or may hold, "{{", which Parameter Store takes for the name of another parameter and refuses',
        fix: "leave { out of its symbols or text, encode it (a template with ${KEY|base64}), or keep the secret in a store of kind aws-secrets-manager",
      },
    ],
    [
      "a bundle that is too long together",
      issuesOf({ layout: "bundle" }, { password: 8000, "tls.crt": 200 }),
      {
        path: "stores.main",
        problem: 'parameter "/acme-dev/shop/db" of shop/db has 8228 bytes; tier by-size allows at most 8192',
        fix: "pulumi config set --path 'stores.main.layout' per-key, or keep it in a store of kind aws-secrets-manager, which allows 65536",
      },
    ],
    [
      "a key of another region",
      issuesOf({ kmsKeyArn: key.replace("eu-central-1", "us-east-1") }),
      {
        path: "stores.main.kmsKeyArn",
        problem: "must be a key in eu-central-1, received one in us-east-1",
        fix: "a multi-Region key has an ARN of its own in each region: aws kms describe-key --key-id <id> --region <region>",
      },
    ],
    [
      "a boundary of another account",
      issuesOf({ roles: { path: "/", permissionsBoundary: "arn:aws:iam::999900001111:policy/bound" } }),
      {
        path: "stores.main.roles.permissionsBoundary",
        problem:
          "must begin with arn:aws:iam::111122223333: or arn:aws:iam::aws:, the account of the role or AWS itself",
        fix: "aws iam list-policies --query 'Policies[].Arn'",
      },
    ],
  ];
  for (const [what, issues, ...expected] of refused) it(`reject ${what}`, () => assert.deepEqual(issues, expected));

  it("take what just fits", () => {
    assert.deepEqual(issuesOf({}, { password: 8192 }), []);
    assert.deepEqual(issuesOf({ tier: "standard" }, { password: 4096, "tls.crt": 4096 }), []);
    // {"password":"…","tls.crt":"…"}
    assert.deepEqual(issuesOf({ tier: "standard", layout: "bundle" }, { password: 4000, "tls.crt": 68 }), []);
    assert.equal(issuesOf({ tier: "standard", layout: "bundle" }, { password: 4000, "tls.crt": 69 }).length, 1);
  });

  it("reject names that AWS would", () => {
    const problems = (changes: Partial<typeof address>) =>
      checkSecretShape(spec, { address: { ...address, ...changes }, keys: ["a"], lengths: {} }).map(
        ({ problem }) => problem,
      );
    const deep = (levels: number) => Array.from({ length: levels }, () => "x").join("/");
    assert.deepEqual(problems({ path: deep(13) }), []);
    assert.deepEqual(problems({ path: deep(14) }), [
      `parameter "/acme-dev/${deep(14)}/a" of shop/db lies 16 levels deep; AWS allows at most 15`,
    ]);
    const long = `old/${"x".repeat(1011 - parameterArn("/acme-dev/old//a").length)}`;
    assert.deepEqual(problems({ path: long }), []);
    assert.deepEqual(problems({ path: `${long}x` }), [
      `the ARN of parameter "/acme-dev/${long}x/a" of shop/db has 1012 characters; AWS allows at most 1011`,
    ]);
    assert.deepEqual(problems({ platform: "ssm" }), ['"/ssm-dev/" begins with aws or ssm, which AWS reserves']);
    assert.deepEqual(problems({ path: "a b/c" }), [
      'parameter "/acme-dev/a b/c/a" of shop/db contains characters other than letters, digits and _ . - /',
    ]);
  });

  it("name parameters legally, each key of each secret otherwise, and the same each time", () => {
    const paths = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,5}(\/[a-z0-9][a-z0-9_.-]{0,5}){1,3}$/);
    const keys = fc.stringMatching(/^[-._a-zA-Z0-9]{1,6}$/);
    const where = fc.record({ path: paths, key: keys });
    const nameOf = ({ path: at, key: one }: { readonly path: string; readonly key: string }) =>
      remoteObjectsOf(spec, { address: { ...address, path: at }, keys: [one], lengths: {} })[0]?.name ?? "";
    fc.assert(
      fc.property(where, where, (a, b) => {
        assert.match(a.path, secretPath);
        assert.match(a.key, secretKey);
        assert.match(nameOf(a), /^(\/[\w.-]+)+$/);
        assert.equal(nameOf(a), nameOf({ ...a }));
        assert.equal(nameOf(a) === nameOf(b), a.path === b.path && a.key === b.key);
        assert.deepEqual(
          checkSecretShape(spec, { address: { ...address, path: a.path }, keys: [a.key], lengths: {} }),
          [],
        );
      }),
      { numRuns: 500 },
    );
  });
});
