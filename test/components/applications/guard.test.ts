import assert from "node:assert/strict";
import { output, RunError, secret, Stash } from "@pulumi/pulumi";
import { adoptionCommand, guardAdopted, guardExisting } from "../../../components/applications/guard.ts";
import { password } from "../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../components/values/secret-spec.ts";
import { runFailing, runProgram } from "../../support/mocks.ts";
import { SecretInput } from "../../support/recording.ts";

const ours = { password: "ours-5d1f", username: "shop" };
const payload = JSON.stringify(ours);

/** Writes the guarded values into a resource, as a store does. */
const guarded = (theirs: Readonly<Record<string, string>> | undefined) => () => {
  const held = theirs === undefined ? undefined : JSON.stringify(theirs);
  new Stash("written", { input: guardExisting("shop/db", "vault", secret(payload), output(held)) });
};

const written = async (theirs: Readonly<Record<string, string>> | undefined) =>
  (await runProgram(guarded(theirs))).resources.find("pulumi:index:Stash", "written").inputs["input"];

describe("guarding what a store holds already", () => {
  it("lets the very same values through as a secret, whatever their order", async () => {
    assert.deepEqual(await written({ username: "shop", password: "ours-5d1f" }), new SecretInput(payload));
  });

  it("lets values through to a name that is free after all", async () => {
    assert.deepEqual(await written(undefined), new SecretInput(payload));
  });

  for (const [name, theirs] of [
    ["another value", { ...ours, password: "theirs-77aa" }],
    ["a key more", { ...ours, theirs: "theirs-77aa" }],
    ["a key less", { password: "ours-5d1f" }],
    ["nothing but an empty object", {}],
  ] as const) {
    it(`rejects ${name}, and shows neither value nor stack trace`, async () => {
      const { errors, resources } = await runFailing(guarded(theirs));
      resources.assertNone("pulumi:index:Stash");
      const [error] = errors;
      assert.ok(RunError.isInstance(error));
      assert.equal(
        error.message,
        // The SDK says which input it was, and leaves the error what it is.
        'error serializing property "input": ' +
          "shop/db: store vault contains a different value under this name, which is not in the state. It was not overwritten.\n" +
          `    fix: to adopt it (refused if any value would be lost): pulumi config set --path 'adopt["shop/db"]' true`,
      );
    });
  }

  it("names the command that adopts", () => {
    assert.equal(
      adoptionCommand("mlflow/db-password"),
      `to adopt it (refused if any value would be lost): pulumi config set --path 'adopt["mlflow/db-password"]' true`,
    );
  });
});

describe("guarding what is taken over", () => {
  const adopted = { kind: "adopted", fromStores: true, without: [] } as const;
  const spec: SecretSpec = {
    id: "shop/db",
    app: "shop",
    name: "db",
    path: "shop/db",
    keys: { password: password(), username: password() },
    epoch: "initial",
    rotatedAt: "2026-01-31T00:00:00Z",
    origin: adopted,
  };
  const object = { name: "acme-test/shop/db", layout: "bundle", keys: ["password", "username"] } as const;
  const adopting = (theirs: string | undefined, changes: Partial<SecretSpec> = {}) => {
    const adopted = { spec: { ...spec, ...changes }, store: "vault", object };
    return () => {
      new Stash("written", { input: guardAdopted(adopted, secret(payload), output(theirs)) });
    };
  };
  const through = async (theirs: string | undefined, changes: Partial<SecretSpec> = {}) =>
    (await runProgram(adopting(theirs, changes))).resources.find("pulumi:index:Stash", "written").inputs["input"];
  const refusalOf = async (theirs: string) => {
    const { errors, resources } = await runFailing(adopting(theirs));
    resources.assertNone("pulumi:index:Stash");
    const [error] = errors;
    assert.ok(RunError.isInstance(error));
    assert.ok(!error.message.includes("theirs-77aa"), error.message);
    return error.message.replace('error serializing property "input": ', "");
  };
  const lost = (key: string, index = 0) =>
    `to discard the value in store vault: pulumi config set --path 'adoptWithout["shop/db"][${index}]' ${key}`;

  it("lets a value through to a name that is free, and where the same is held or less", async () => {
    for (const theirs of [undefined, payload, "{}", '{"username":"shop"}']) {
      assert.deepEqual(await through(theirs), new SecretInput(payload));
    }
  });

  it("lets a value through where facts give up what is held, or choose another store", async () => {
    const theirs = '{"password":"theirs-77aa","port":1}';
    assert.deepEqual(
      await through(theirs, { origin: { ...adopted, without: ["password", "port"] } }),
      new SecretInput(payload),
    );
    const other = { origin: { ...adopted, without: ["port"], preferred: "second" } };
    assert.deepEqual(await through(theirs, other), new SecretInput(payload));
  });

  it("rejects to lose anything else, all of it in one message without a value", async () => {
    assert.equal(
      await refusalOf('{"password":"theirs-77aa","port":1}'),
      [
        'adopt["shop/db"]: store vault holds another "password" than the state. It was not overwritten.',
        `    fix: to keep that value: docs/operations.md#keep-a-value; or ${lost("password")}`,
        'adopt["shop/db"]: store vault holds "port", which the catalogue does not have. It was not overwritten.',
        `    fix: add it to the catalogue; or ${lost("port", 1)}`,
      ].join("\n"),
    );
  });

  it("rejects to write a bundle over plain text", async () => {
    assert.equal(
      await refusalOf("theirs-77aa"),
      'adopt["shop/db"]: store vault holds plain text under "acme-test/shop/db", but this program stores a JSON object with a string for each key. It was not overwritten.\n' +
        "    fix: let one key be the whole object (`layout: per-key` in the store's facts, and `primaryKey` in the catalogue), or write it as a JSON object with a string for each key",
    );
  });
});
