import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { failing, up, type Changes } from "../../support/stack.ts";

const catalogue: Catalogue = Object.fromEntries(
  ["shop", "till"].map((app) => [
    app,
    {
      secrets: { db: { keys: { username: literal(app), password: password() } } },
      deliveries: [{ namespace: app, secretName: `${app}-db`, from: ["db"] }],
    },
  ]),
);
const of = (stack: string, changes: Changes = {}): Changes => ({
  catalogue,
  secret: {},
  stack,
  ...changes,
  facts: { parts: { base: ["shop"], p1: ["till"] }, ...changes.facts },
});
const operator = "secrets:external-secrets:ExternalSecretsOperator";
const applications = "secrets:applications:ApplicationSecrets";
const namespaces = "secrets:delivery:NamespaceSecrets";

describe("the stacks of an environment with parts", () => {
  it("are called as the environment is where they have what all share", async () => {
    const { resources } = await up(of("test"));
    assert.deepEqual(resources.names(operator), ["main"]);
    assert.deepEqual(resources.names(applications), ["shop"]);
    assert.deepEqual(resources.names(namespaces), ["main/shop"]);
  });

  it("have their own applications alone otherwise", async () => {
    const { resources } = await up(of("test.p1"));
    assert.deepEqual(resources.names(operator), []);
    assert.deepEqual(resources.names(applications), ["till"]);
    assert.deepEqual(resources.names(namespaces), ["main/till"]);
  });

  it("give each application the names that it has in one stack", async () => {
    const type = "vault:kv/secretV2:SecretV2";
    const one = await up({ catalogue, secret: {} });
    const [base, part] = [await up(of("test")), await up(of("test.p1"))];
    const names = ({ resources }: typeof one) =>
      resources.names(type).map((name) => (resources.find(type, name).inputs as { readonly name: string }).name);
    assert.deepEqual([...names(base), ...names(part)].toSorted(), [...names(one)].toSorted());
  });

  it("are refused where the environment has no such part", async () => {
    const { error } = await failing(of("test.p7"));
    assert.match(
      error.message,
      /stack: the environment has no part p7; .*there are base, p1\n\s+fix: select the stack of one of them, such as test$/m,
    );
  });

  it("delete no application that facts alone have moved", async () => {
    const before = await up(of("test"));
    const { error } = await failing(
      of("test", { state: before.state, facts: { parts: { base: [], p1: ["shop", "till"] } } }),
    );
    assert.match(
      error.message,
      /parts\.p1: the state of this stack has application shop, which would be deleted here\n\s+fix: npx secrets fleet move test shop p1 \(facts that were changed by hand: put them back first\)/,
    );
  });

  it("are one stack under any name where facts have no parts", async () => {
    const { resources } = await up({ catalogue, secret: {}, stack: "test.eu" });
    assert.deepEqual(resources.names(applications), ["shop", "till"]);
    assert.deepEqual(resources.names(operator), ["main"]);
  });
});
