import assert from "node:assert/strict";
import { reportDrift } from "../../../components/applications/drift.ts";
import { openStore } from "../../../components/backends/index.ts";
import { output, secret } from "@pulumi/pulumi";
import { surveyStore } from "../../../components/backends/survey.ts";
import { FakeVault, type Values } from "../../support/fake-vault.ts";
import { environment, stateResource } from "../../support/fixtures.ts";
import { runProgram } from "../../support/mocks.ts";

const written: Values = { password: "written-5d1f", username: "shop" };
const remoteName = "acme-test/shop/db";

/** The Vault of the fixtures. */
const open = () => {
  const spec = environment().stores.get("vault");
  if (spec === undefined) throw new Error("the fixture lost its store");
  return openStore({ spec, secretConfig: () => undefined, options: {} });
};

/** Reports the drift of one object, after a change of what its Vault holds, in a run that writes `intended`. */
async function reportAfter(change: (vault: FakeVault) => void, intended: Values = written) {
  const vault = new FakeVault();
  vault.write(`secret/${remoteName}`, written);
  vault.write("secret/acme-test/shop/other", { password: "other" });
  const known = stateResource(
    { name: "shop/db/vault", type: "vault:kv/secretV2:SecretV2", names: { path: `secret/data/${remoteName}` } },
    { dataJson: JSON.stringify(written) },
  );
  const { logs, calls, resources } = await runProgram(
    async () => {
      const session = await open();
      const survey = await surveyStore(session, [known], [remoteName]);
      const stored = session.prepare(survey).put("shop/db/vault", {
        object: { name: remoteName, layout: "bundle", keys: Object.keys(written) },
        payload: secret(JSON.stringify(intended)),
        owner: {},
        retain: false,
        options: {},
      });
      await new Promise((resolve) => stored.version.apply(resolve));
      change(vault);
      const secrets = new Map([["shop/db", { kind: "remote", store: "vault", objects: [stored] } as const]]);
      await reportDrift({ store: "vault", session, owned: survey.owned, stored: secrets });
    },
    { vault },
  );
  return { logs, tokens: calls.map(({ token }) => token), contents: resources.contents };
}

describe("reporting drift", () => {
  it("says nothing of a value that is as it was written", async () => {
    assert.deepEqual((await reportAfter(() => undefined)).logs, []);
  });

  it("says nothing of a value whose keys are in another order", async () => {
    const { logs } = await reportAfter((vault) =>
      vault.write(`secret/${remoteName}`, { username: "shop", password: "written-5d1f" }),
    );
    assert.deepEqual(logs, []);
  });

  it("says nothing of a value that this run, or one that was killed, has just written", async () => {
    const rotated = { ...written, password: "rotated-0c3e" };
    const { logs } = await reportAfter((vault) => vault.write(`secret/${remoteName}`, rotated), rotated);
    assert.deepEqual(logs, []);
  });

  it("warns in a rotation as well of a value that is neither the last one nor the new one", async () => {
    const { logs } = await reportAfter(
      (vault) => vault.write(`secret/${remoteName}`, { ...written, password: "by-hand-77aa" }),
      { ...written, password: "rotated-0c3e" },
    );
    assert.equal(logs.length, 1);
    assert.match(logs[0]?.message ?? "", /was changed outside this program/);
  });

  for (const [name, values] of [
    ["changed", { ...written, password: "by-hand-77aa" }],
    ["extended", { ...written, extra: "by-hand-77aa" }],
    ["shortened", { username: "shop" }],
  ] as const) {
    it(`warns of a value that was ${name} by hand, with the command that puts it back, and shows no value`, async () => {
      const { logs } = await reportAfter((vault) => vault.write(`secret/${remoteName}`, values));
      assert.deepEqual(logs, [
        {
          severity: "warning",
          message:
            'drift: "acme-test/shop/db" (shop/db) in store vault was changed outside this program.\n' +
            "    fix: vault kv rollback -mount=secret -version=<last version written by this program> acme-test/shop/db; " +
            "if that version is gone: pulumi up --refresh; to keep the new value instead: docs/operations.md#keep-a-value",
        },
      ]);
    });
  }

  it("warns of a value that was deleted by hand, and reads none", async () => {
    const { logs, tokens } = await reportAfter((vault) => vault.delete(`secret/${remoteName}`));
    assert.deepEqual(logs, [
      {
        severity: "warning",
        message:
          'drift: "acme-test/shop/db" (shop/db) was deleted from store vault outside this program.\n' +
          "    fix: pulumi up --refresh writes the same value again",
      },
    ]);
    assert.deepEqual(tokens, ["vault:kv/getSecretsListV2:getSecretsListV2"]);
  });

  it("warns of one that was made anew, where the store gives each object an id of its own, and compares no value", async () => {
    const { logs } = await runProgram(async () => {
      const object = { name: remoteName, layout: "bundle", keys: ["password"] } as const;
      const stored = {
        object,
        grant: { kind: "aws-secrets-manager" },
        version: output("v-1"),
        resources: [],
        intact: () => assert.fail("a value was read"),
      };
      await reportDrift({
        store: "aws",
        session: {
          existing: () => Promise.resolve(new Map([[remoteName, { id: "arn:aws:shop/db-ZzZzZz" }]])),
          restoreCommand: () => assert.fail("it has no version of ours"),
        },
        owned: new Map([[remoteName, { resource: "shop/db/aws", names: { arn: "arn:aws:shop/db-AbCdEf" } }]]),
        stored: new Map([["shop/db", { kind: "remote", store: "aws", objects: [stored] }]]),
      });
    });
    assert.deepEqual(logs, [
      {
        severity: "warning",
        message:
          'drift: "acme-test/shop/db" (shop/db) was deleted from store aws and made anew outside this program: it is arn:aws:shop/db-ZzZzZz now, which namespaces have no right to read.\n' +
          "    fix: to adopt it (refused if any value would be lost): pulumi refresh && pulumi config set --path 'adopt[\"shop/db\"]' true && pulumi up",
      },
    ]);
  });

  it("registers nothing beside what was stored", async () => {
    const { contents } = await reportAfter((vault) => vault.write(`secret/${remoteName}`, { password: "by-hand" }));
    assert.deepEqual(contents, ["pulumi:providers:vault vault", "vault:kv/secretV2:SecretV2 shop/db/vault"]);
  });

  it("asks nothing where nothing is owned", async () => {
    const { calls, logs } = await runProgram(async () =>
      reportDrift({ store: "vault", session: await open(), owned: new Map(), stored: new Map() }),
    );
    assert.deepEqual([calls, logs], [[], []]);
  });
});
