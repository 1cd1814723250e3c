import assert from "node:assert/strict";
import { output, secret } from "@pulumi/pulumi";
import type { Holder } from "../../../../components/applications/held.ts";
import type { StoreSession } from "../../../../components/backends/session.ts";
import type { RemoteObject } from "../../../../components/backends/remote-object.ts";
import { literal, password, provided } from "../../../../components/values/recipe.ts";
import type { SecretSpec } from "../../../../components/values/secret-spec.ts";
import {
  preflightAdoption,
  type AdoptionPreflightArgs,
  type HoldingStore,
} from "../../../../stacks/deploy/preflight/adoption.ts";
import { leaks } from "../../../support/clear-text.ts";
import { stateResource } from "../../../support/fixtures.ts";

const canary = "canary-in-use-3b7e";
const other = "canary-of-another-91bc";
const token = "canary-of-the-configuration-77aa";

const adopted = { kind: "adopted", fromStores: true, without: [] } as const;
const spec: SecretSpec = {
  id: "shop/db",
  app: "shop",
  name: "db",
  path: "shop/db",
  keys: { password: password(), token: provided("shopToken"), username: literal("shop") },
  epoch: "initial",
  rotatedAt: "2026-01-31T00:00:00Z",
  origin: adopted,
};
const bundle: RemoteObject = { name: "acme-test/shop/db", layout: "bundle", keys: Object.keys(spec.keys) };
const valid = { password: canary, token, username: "shop" };

/** A store that holds payloads by name; it is read, and nothing else. */
function storeOf(
  payloads: Readonly<Record<string, string | undefined>>,
  { name = "vault", objects = [bundle], later = false } = {},
): HoldingStore {
  const forbidden = (what: string) => () => assert.fail(`it must not ${what}`);
  const session: StoreSession = {
    ...(later ? {} : { read: (each) => secret(output(payloads[each])) }),
    existing: forbidden("list"),
    owned: forbidden("look at the state"),
    restoreCommand: forbidden("restore"),
    labelsOf: forbidden("ask whose an object is"),
    inspect: forbidden("ask for versions"),
    prepare: forbidden("make anything"),
  };
  return { name, session, objects };
}
const vaultOf = (values: object, options: Parameters<typeof storeOf>[1] = {}) =>
  storeOf({ [bundle.name]: JSON.stringify(values) }, options);
const clusterSecret = (value: string): Holder => ({
  name: "main",
  where: "Secret shop/shop-db of cluster main",
  values: { password: { text: value } },
});

const run = async (changes: Partial<AdoptionPreflightArgs> = {}) => {
  const findings = await preflightAdoption({
    specs: [spec],
    state: [],
    stores: () => [vaultOf(valid)],
    secrets: () => [],
    provided: (config) => secret(config === "shopToken" ? token : assert.fail(config)),
    facts: {},
    ...changes,
  });
  assert.deepEqual(leaks([findings.notes, findings.issues], [canary, other, token]), []);
  return findings;
};
const problemsOf = async (changes: Partial<AdoptionPreflightArgs>) =>
  (await run(changes)).issues.map(({ problem }) => problem);

describe("deciding on adoptions before the first write", () => {
  it("reads what the store holds, keeps the values and says what becomes of each key by name", async () => {
    const { adoptions, issues, notes } = await run();
    assert.deepEqual(adoptions.get("shop/db")?.values, { password: canary });
    assert.deepEqual(issues, []);
    assert.deepEqual(notes, ["adopting shop/db from store vault: password kept; token, username configured"]);
  });

  it("says nothing of a secret that nobody holds", async () => {
    assert.deepEqual(await run({ stores: () => [] }), { adoptions: new Map(), issues: [], notes: [] });
  });

  it("says what is made and what is given up", async () => {
    const { notes } = await run({
      specs: [{ ...spec, origin: { ...adopted, without: ["port"] } }],
      stores: () => [vaultOf({ username: "shop", port: 5432 })],
    });
    assert.deepEqual(notes, [
      "adopting shop/db from store vault: password generated; port discarded; token, username configured",
    ]);
  });

  it("compares values of the configuration", async () => {
    assert.deepEqual(await problemsOf({ stores: () => [vaultOf({ ...valid, token: other })] }), [
      'store vault holds another "token" than the configuration',
    ]);
  });

  it("asks for no value of the configuration where nobody holds the secret", async () => {
    await run({ stores: () => [], provided: () => assert.fail("a value was read") });
  });

  it("compares values that the state has, of this epoch only", async () => {
    const stash = (name: string) =>
      stateResource({ name, type: "pulumi:index:Stash" }, { output: { rule: "…", value: other } });
    assert.deepEqual(await problemsOf({ state: [stash("shop/db/password")] }), [
      'store vault holds another "password" than the state',
    ]);
    assert.deepEqual(await problemsOf({ state: [stash("shop/db/password@2026-02-01")] }), []);
    const rotated = { ...spec, epoch: "2026-02-01" };
    assert.equal((await problemsOf({ specs: [rotated], state: [stash("shop/db/password@2026-02-01")] })).length, 1);
  });

  it("goes on where the state has the value that the store holds: an interrupted run", async () => {
    const state = [
      stateResource({ name: "shop/db/password", type: "pulumi:index:Stash" }, { output: { value: canary } }),
    ];
    assert.deepEqual(await problemsOf({ state }), []);
  });

  it("puts the objects of a secret together where each key has its own", async () => {
    const objects = Object.keys(spec.keys).map((key): RemoteObject => ({
      name: `acme-test/shop/db/${key}`,
      layout: "per-key",
      keys: [key],
    }));
    const payloads = { "acme-test/shop/db/password": canary, "acme-test/shop/db/username": other };
    const { adoptions, issues } = await run({ stores: () => [storeOf(payloads, { objects })] });
    assert.deepEqual(adoptions.get("shop/db")?.values, { password: canary });
    assert.deepEqual(
      issues.map(({ problem }) => problem),
      ['store vault holds another "username" than the catalogue'],
    );
  });

  it("finds nothing under a name that was deleted in the meantime", async () => {
    const { notes, issues } = await run({ stores: () => [storeOf({})] });
    assert.deepEqual(issues, []);
    assert.deepEqual(notes, ["adopting shop/db from store vault: password generated; token, username configured"]);
  });

  it("refuses plain text where a JSON object is kept", async () => {
    assert.deepEqual(await problemsOf({ stores: () => [storeOf({ [bundle.name]: canary })] }), [
      'store vault holds plain text under "acme-test/shop/db", but this program stores a JSON object with a string for each key',
    ]);
  });

  it("holds a store against a Secret of a cluster, and names both", async () => {
    const { issues, notes } = await run({ secrets: () => [clusterSecret(canary)] });
    assert.deepEqual(issues, []);
    assert.match(notes.join(""), /^adopting shop\/db from store vault and Secret shop\/shop-db of cluster main: /);
    assert.deepEqual(await problemsOf({ secrets: () => [clusterSecret(other)] }), [
      'Secret shop/shop-db of cluster main holds another "password" than store vault',
    ]);
  });

  it("decides on each secret by itself", async () => {
    const second = { ...spec, id: "shop/api" };
    const { adoptions, notes } = await run({
      specs: [spec, second],
      stores: ({ id }) => (id === "shop/api" ? [vaultOf({ ...valid, password: other })] : [vaultOf(valid)]),
    });
    assert.deepEqual(
      [...adoptions].map(([id, { values }]) => [id, values]),
      [
        ["shop/db", { password: canary }],
        ["shop/api", { password: other }],
      ],
    );
    assert.equal(notes.length, 2);
  });
});

describe("a store that can be read only in the middle of a run", () => {
  const later = vaultOf({}, { name: "vault", later: true });
  const path = 'adopt["shop/db"]';

  it("is not read, and decides when it is written to", async () => {
    assert.deepEqual(await run({ stores: () => [later] }), { adoptions: new Map(), issues: [], notes: [] });
  });

  it("has its values chosen or not where a Secret of a cluster holds the same secret: they can't be compared", async () => {
    const { issues } = await run({ stores: () => [later], secrets: () => [clusterSecret(canary)] });
    assert.deepEqual(issues, [
      {
        path,
        problem:
          "store vault and Secret shop/shop-db of cluster main hold it, and that store can be read only during the run",
        fix: `name the one to keep: pulumi config set --path '${path}' vault, or pulumi config set --path '${path}' main`,
      },
    ]);
  });

  it("goes by the Secret where facts name its cluster", async () => {
    const { adoptions, issues, notes } = await run({
      specs: [{ ...spec, origin: { ...adopted, preferred: "main" } }],
      stores: () => [later],
      secrets: () => [clusterSecret(canary)],
    });
    assert.deepEqual([adoptions.get("shop/db")?.values, issues], [{ password: canary }, []]);
    assert.match(notes.join(""), /^adopting shop\/db from Secret shop\/shop-db of cluster main: password kept; /);
  });

  it("decides when it is written to where facts name it", async () => {
    const { adoptions, issues } = await run({
      specs: [{ ...spec, origin: { ...adopted, preferred: "vault" } }],
      stores: () => [later],
      secrets: () => [clusterSecret(canary)],
    });
    assert.deepEqual([[...adoptions], issues], [[], []]);
  });
});
