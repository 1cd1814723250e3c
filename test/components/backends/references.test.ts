import assert from "node:assert/strict";
import {
  hasProperty,
  inspectContents,
  inspectVersions,
  versionsRead,
  type SecretReference,
} from "../../../components/backends/references.ts";
import { backendOf, type RemoteStoreKind } from "../../../components/backends/index.ts";
import { objectsOf, refOf, type Layout } from "../../../components/backends/remote-object.ts";
import { address } from "./rows/row.ts";

const nameOf = (key?: string) => ["acme/shop/db", ...(key === undefined ? [] : [key])].join("/");

/** Where each key of a referenced secret is read. */
function readsOf(
  reference: SecretReference,
  { layout = "bundle", alwaysJson = false }: { readonly layout?: Layout; readonly alwaysJson?: boolean } = {},
) {
  const naming = { layout, references: { "shop/db": reference }, ...(alwaysJson ? { alwaysJson } : {}) } as const;
  const objects = objectsOf(naming, { address, keys: [".env", "user"] }, nameOf);
  return objects.flatMap((object) => object.keys.map((key) => refOf(object, key)));
}

describe("a secret that somebody else writes, as facts describe it", () => {
  it("lies as the store's own secrets do, where they say no more", () => {
    assert.deepEqual(readsOf({ keys: {} }), [
      { key: "acme/shop/db", property: "\\.env" },
      { key: "acme/shop/db", property: "user" },
    ]);
    assert.deepEqual(readsOf({ keys: {} }, { layout: "per-key" }), [
      { key: "acme/shop/db/.env" },
      { key: "acme/shop/db/user" },
    ]);
  });

  it("may lie in another layout than the store's own", () => {
    assert.deepEqual(readsOf({ layout: "per-key", keys: {} }), [
      { key: "acme/shop/db/.env" },
      { key: "acme/shop/db/user" },
    ]);
    assert.deepEqual(readsOf({ layout: "bundle", keys: {} }, { layout: "per-key" })[1], {
      key: "acme/shop/db",
      property: "user",
    });
  });

  it("has properties of other names, also in an object for each key, and may be read whole", () => {
    const keys = { user: { property: "login.name" }, ".env": { whole: true } } as const;
    assert.deepEqual(readsOf({ keys }), [{ key: "acme/shop/db" }, { key: "acme/shop/db", property: "login.name" }]);
    assert.deepEqual(readsOf({ keys }, { layout: "per-key" }), [
      { key: "acme/shop/db/.env" },
      { key: "acme/shop/db/user", property: "login.name" },
    ]);
  });

  it("is never text in a store whose objects have named values", () => {
    assert.deepEqual(readsOf({ layout: "per-key", keys: {} }, { alwaysJson: true })[1], {
      key: "acme/shop/db/user",
      property: "user",
    });
  });

  it("is read in the version of the key, else in that of the secret", () => {
    assert.deepEqual(readsOf({ version: "3", keys: { user: { version: "2", decode: "base64" } } }), [
      { key: "acme/shop/db", property: "\\.env", version: "3" },
      { key: "acme/shop/db", property: "user", version: "2", decode: "base64" },
    ]);
    const [object] = objectsOf(
      { layout: "bundle", references: { "shop/db": { keys: { user: { version: "2" } } } } },
      { address, keys: [".env", "user"] },
      nameOf,
    );
    assert.deepEqual(versionsRead(object ?? {}), [undefined, "2"]);
  });
});

describe("a version that can be pinned", () => {
  const id = "11111111-2222-3333-4444-555555555555";
  const versions: Readonly<
    Record<RemoteStoreKind, { readonly legal: readonly string[]; readonly not: readonly string[] }>
  > = {
    "aws-parameter-store": { legal: ["7", "stable-1"], not: ["0", "1st", "aws-x", "SSM.x", "a b", "x".repeat(101)] },
    "aws-secrets-manager": {
      legal: ["AWSPREVIOUS", "AWSCURRENT", id, `uuid/${id}`],
      not: ["AWSPENDING", "a b", "uuid/x"],
    },
    "azure-key-vault": { legal: ["0123456789abcdef0123456789ABCDEF"], not: ["1", "latest", id] },
    "gcp-secret-manager": { legal: ["7", "latest"], not: ["0", "stable", "v7"] },
    "vault-kv": { legal: ["7"], not: ["0", "latest", "-1"] },
  };
  for (const [kind, { legal, not }] of Object.entries(versions) as [
    RemoteStoreKind,
    { legal: string[]; not: string[] },
  ][]) {
    it(`is what a store of kind ${kind} has`, () => {
      const { references } = backendOf({ kind });
      const isLegal = (version: string) => references.isVersion(references.inOperatorWords(version));
      assert.deepEqual([legal.filter((each) => !isLegal(each)), not.filter(isLegal)], [[], []]);
    });
  }

  it("is told to the operator in its provider's words", () => {
    const { references } = backendOf({ kind: "aws-secrets-manager" });
    assert.deepEqual(
      [id, "AWSPREVIOUS"].map((each) => references.inOperatorWords(each)),
      [`uuid/${id}`, "AWSPREVIOUS"],
    );
  });
});

describe("what is asked of an object before the first write", () => {
  const foreign = { readings: { user: { property: "user" }, old: { property: "user", version: "1" }, all: {} } };

  it("are versions alone, where the store shows no property without the value", async () => {
    assert.deepEqual(await inspectVersions({ foreign }, () => Promise.resolve(false)), {
      missing: ["version 1"],
      unchecked: ['property "user"', 'property "user" of version 1'],
    });
  });

  it("are properties as well, where it shows them", async () => {
    const held = new Map([
      [undefined, '{"user":"x"}'],
      ["1", "plain"],
    ]);
    assert.deepEqual(await inspectContents({ foreign }, (version) => Promise.resolve(held.get(version))), {
      missing: ['property "user" of version 1'],
      unchecked: [],
    });
    assert.deepEqual(await inspectContents({ foreign }, () => Promise.resolve(undefined)), {
      missing: ["version 1"],
      unchecked: [],
    });
  });

  it("finds properties by name, by path and in lists, and leaves what takes more to the operator", () => {
    const text = '{"a.b":"x","login":{"users":[{"name":"x"}]},"e":{"f.g":"x"}}';
    const found = (property: string) => hasProperty(text, property);
    assert.deepEqual(
      ["a.b", "a\\.b", "login.users.0.name", "e.f\\.g", "login.users.1.name", "a", "constructor"].map(found),
      [true, true, true, true, false, false, false],
    );
    assert.deepEqual(["login.users.#.name", "login|@keys", "log*"].map(found), [undefined, undefined, undefined]);
    assert.equal(hasProperty("plain", "a"), false);
  });
});
