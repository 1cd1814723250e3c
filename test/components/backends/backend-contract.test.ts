import assert from "node:assert/strict";
import type { Backend } from "../../../components/backends/backend.ts";
import {
  backendOf,
  backends,
  remoteStoreKinds,
  storeSecretKeys,
  type RemoteStoreSpec,
} from "../../../components/backends/index.ts";
import { staticCredentialKeys } from "../../../components/backends/identities.ts";
import { fieldLists } from "../../../components/external-secrets/admission/fields.ts";
import { rows } from "./rows/index.ts";
import { address, choices, type Row } from "./rows/row.ts";

const shape = { address, keys: ["password", "username"], lengths: {} };

describe("the table of backends", () => {
  it("has each backend under its own kind", () => {
    assert.deepEqual(
      Object.values(backends).map(({ kind }) => kind),
      remoteStoreKinds,
    );
  });

  it("names each configuration key of a secret value for one purpose", () => {
    assert.deepEqual(
      storeSecretKeys.filter((key) => staticCredentialKeys.includes(key)),
      [],
    );
    assert.equal(new Set(storeSecretKeys).size, storeSecretKeys.length);
  });
});

for (const row of Object.values(rows)) {
  describe(`backend of kind ${row.spec.kind}`, () => contract(row, backendOf(row.spec)));
}

function contract({ spec, facts, place, ports, billed }: Row, backend: Backend<RemoteStoreSpec>): void {
  it("makes a spec of its facts, and of what policy chooses", () => {
    assert.deepEqual(backend.spec(spec.name, backend.facts.parse(facts), choices), spec);
  });

  it("takes no facts that it does not know, nor those of another kind", () => {
    assert.equal(backend.facts.safeParse({ ...facts, unknown: true }).success, false);
    assert.equal(backend.facts.safeParse({ ...facts, kind: "another" }).success, false);
  });

  it("says where a store is, whatever it is called", () => {
    assert.deepEqual(backend.place(spec), place);
    assert.deepEqual(backend.place({ ...spec, name: "second" }), place);
  });

  it("says at which ports the operator reaches it", () => {
    assert.deepEqual(backend.ports(spec), ports);
  });

  it("says what it keeps of a value that was replaced, and what ends that, for a shell", () => {
    for (const retain of [true, false]) {
      const { kept, disable } = backend.previousVersions(spec, { retain });
      assert.match(kept, /^(it|nothing) /);
      const command = disable?.("it's/db") ?? "";
      assert.ok(disable === undefined || command.includes("'it'\\''s/db'"), command);
      // Commands that print values stay out: they are typed where others look on.
      assert.doesNotMatch(command, /get-secret-value|versions access|secret show|with-decryption|kv get/);
    }
  });

  it("leaves nothing of a store that somebody else made", () => {
    assert.deepEqual(backend.leftByDestroy(spec), { store: false, auditLog: false });
  });

  it("misses only facts that it knows", () => {
    const missing = [...backend.missingCustomerKeys(spec), ...backend.missingAuditLogs(spec)];
    const known = Object.keys(backend.facts.shape);
    for (const { fact, wanted } of missing) {
      assert.ok(known.includes(fact.split(/[.[]/)[0] ?? ""), fact);
      assert.match(wanted, /^an? /);
    }
    for (const fact of Object.keys(backend.factsByCluster(spec))) {
      assert.ok(known.includes(fact.split(".")[0] ?? ""), fact);
    }
  });

  it("reads with credentials of its own where people bring them", () => {
    const keys = Object.values(backend.identity.credentials);
    assert.ok(keys.length > 0);
    for (const key of keys) assert.match(key, /^[a-z]+Reader[A-Za-z]+$/);
  });

  it("is a provider whose fields the admission policies know", () => {
    assert.ok(fieldLists(backend.operatorProvider).length > 0);
  });

  it("gives new rights a whole number of seconds, ten and a half minutes and a bit at most", () => {
    assert.ok(Number.isInteger(backend.newRightsSeconds));
    assert.ok(backend.newRightsSeconds >= 0 && backend.newRightsSeconds <= 675);
  });

  it("explains errors by patterns that say something, each with a fix", () => {
    assert.ok(backend.knownErrors.length > 0);
    for (const { pattern, fix } of backend.knownErrors) {
      // A pattern with memory (`g`, `y`) would miss every second time.
      assert.deepEqual([pattern.test(""), pattern.global, pattern.sticky], [false, false, false], String(pattern));
      assert.ok(fix.length > 20, String(pattern));
    }
  });

  it("has a tariff whose numbers are from the vendor's pages", () => {
    const { tariff } = backend;
    const prices = [...Object.values(tariff.storage), ...Object.values(tariff.reads), tariff.keyUse.price];
    for (const price of prices) assert.match(price, /^\d+(\.\d+)?$/);
    for (const source of tariff.sources) assert.equal(new URL(source).protocol, "https:");
    assert.deepEqual(
      [tariff.sources.length > 0, prices.some((price) => Number(price) > 0), tariff.readsPerSecond !== undefined],
      [billed, billed, billed],
    );
  });

  it("is planned with the layout that its objects have", () => {
    const { layout, locations } = backend.traits(spec);
    assert.ok(locations >= 1);
    assert.deepEqual([...new Set(backend.objects(spec, shape).map((object) => object.layout))], [layout]);
  });
}
