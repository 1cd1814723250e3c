import assert from "node:assert/strict";
import { literal, password, template } from "../../../components/values/recipe.ts";
import { RefusedError } from "../../../components/support/messages/errors.ts";
import { failing, up, type Changes } from "../../support/stack.ts";
import { leaks } from "../../support/clear-text.ts";
import { catalogueOf } from "../../support/fixtures.ts";

const canary = "output-canary-77aa";
const namespaces = { shop: { cluster: "main", store: "vault" } };
const catalogue = catalogueOf({
  user: literal("shop"),
  password: password(),
  uri: template("pg://${user}:${password}@${fact:dbHost}:${fact:dbPort}/shop"),
});
const from = (output: string) => ({ stack: "acme/network/test", output });
const changes = (templateFacts: unknown, outputs: Readonly<Record<string, unknown>> | Error | undefined): Changes => ({
  catalogue,
  secret: {},
  facts: { namespaces, templateFacts },
  external: {
    stackOutputs: (stack) => {
      assert.equal(stack, "acme/network/test");
      return outputs instanceof Error ? Promise.reject(outputs) : Promise.resolve(outputs);
    },
  },
});
const facts = { dbHost: from("host"), dbPort: from("port") };
const held = (run: Awaited<ReturnType<typeof up>>) =>
  JSON.parse(run.vault.find("secret/acme-test/shop/db")?.payload ?? "{}") as Readonly<Record<string, string>>;
const problemsOf = async (...args: Parameters<typeof changes>) => {
  const { error, resources } = await failing(changes(...args));
  assert.ok(error instanceof RefusedError);
  assert.ok(!error.message.includes(canary));
  resources.assertNone("vault:kv/secretV2:SecretV2");
  return error.issues;
};

describe("outputs of other stacks in templates", () => {
  it("are written into values, which change when they do, while passwords stay", async () => {
    const first = await up(changes(facts, { host: "db1.example", port: 5432 }));
    const { password: made = "", uri } = held(first);
    assert.equal(uri, `pg://shop:${made}@db1.example:5432/shop`);
    const second = await up({
      ...changes(facts, { host: "db2.example", port: 5433 }),
      state: first.state,
      vault: first.vault,
    });
    assert.equal(held(second)["uri"], `pg://shop:${made}@db2.example:5433/shop`);
    assert.equal(held(second)["password"], made);
  });

  it("stay secret: they are in no input that is not, in no log and no output", async () => {
    const run = await up(changes(facts, { host: canary, port: 5432 }));
    assert.ok(held(run)["uri"]?.includes(canary));
    assert.deepEqual(leaks(run.resources.all, [canary]), []);
    assert.ok(!JSON.stringify([run.logs, run.debugLog, run.result]).includes(canary));
  });

  it("that are not there, or no text or number, are refused together, before anything is written", async () => {
    const issues = await problemsOf(
      { dbHost: from("hots"), dbPort: from("port") },
      { host: canary, port: { value: canary } },
    );
    assert.deepEqual(issues, [
      {
        path: "templateFacts.dbHost",
        problem: 'the stack has no output "hots"; did you mean host? there are host, port',
        fix: "name one of its outputs, or deploy the stack with this one first",
      },
      {
        path: "templateFacts.dbPort",
        problem: 'output "port" is an object; a template takes a text or a number',
        fix: "let that stack export the value itself as an output of its own",
      },
    ]);
  });

  it("of a stack that can't be read are refused with the reason", async () => {
    const issues = await problemsOf(facts, new Error('unknown stack "acme/network/test"'));
    assert.deepEqual(
      issues.map(({ path }) => path),
      ["templateFacts.dbHost", "templateFacts.dbPort"],
    );
    assert.deepEqual(issues[0], {
      path: "templateFacts.dbHost",
      problem: 'stack acme/network/test can\'t be read: unknown stack "acme/network/test"',
      fix: "pulumi stack output --stack acme/network/test must succeed",
    });
  });

  it("of the stack itself are refused", async () => {
    const own = { stack: "acme/multicloud-secrets/test", output: "host" };
    const { error } = await failing(changes({ dbHost: own, dbPort: 1 }, {}));
    assert.match(error.message, /templateFacts\.dbHost: names this stack itself/);
  });

  it("that nobody can know here are told of, and not guessed", async () => {
    const run = await up({ ...changes(facts, undefined), preview: true });
    assert.equal(held(run)["uri"], undefined);
    assert.deepEqual(
      run.logs.filter(({ severity }) => severity === "warning").map(({ message }) => message.split("\n")[0]),
      ["host", "port"].map(
        (name, index) =>
          `templateFacts.${["dbHost", "dbPort"][index] ?? ""}: output "${name}" of stack acme/network/test is not known here, nor whether it is there: no other stack is read`,
      ),
    );
  });
});
