import assert from "node:assert/strict";
import { output, RunError, secret, Stash } from "@pulumi/pulumi";
import { adoptionCommand, guardExisting } from "../../../components/applications/guard.ts";
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
          "shop/db: store vault holds another value under this name, and the state does not know it. It was not written.\n" +
          `    fix: to take it over (each key keeps its value, or the run is refused): pulumi config set --path 'adopt["shop/db"]' true`,
      );
    });
  }

  it("names the command that adopts", () => {
    assert.equal(
      adoptionCommand("mlflow/db-password"),
      `to take it over (each key keeps its value, or the run is refused): pulumi config set --path 'adopt["mlflow/db-password"]' true`,
    );
  });
});
