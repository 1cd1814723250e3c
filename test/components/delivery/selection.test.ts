import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import type { DeliverySpec } from "../../../components/delivery/contract.ts";
import { readObjects, selectReads } from "../../../components/delivery/selection.ts";
import type { RemoteSecret } from "../../../components/backends/contract.ts";
import { address } from "../backends/rows/row.ts";
import { objectsOf, type Layout } from "../../../components/backends/remote-object.ts";

const remote = (name: string, keys: readonly string[], layout: Layout = "bundle"): RemoteSecret => ({
  kind: "remote",
  store: "vault",
  objects: objectsOf({ layout }, { address, keys }, (key) => (key === undefined ? name : `${name}/${key}`)).map(
    (object) => ({
      object,
      grant: { kind: "vault-kv", mount: "secret", path: object.name },
      version: output("1"),
      resources: [],
    }),
  ),
});

const stored = new Map([
  ["shop/db", remote("acme/shop/db", ["password", "username"])],
  ["shop/api", remote("acme/shop/api", ["token"])],
  ["shop/ssm", remote("/acme/shop/ssm", ["a", "b"], "per-key")],
]);

const delivery = (...keys: readonly (readonly [key: string, secret: string, from: string])[]): DeliverySpec => ({
  via: "external-secret",
  namespace: "shop",
  secretName: "shop-db",
  merge: false,
  keys: keys.map(([key, secret, from]) => ({ key, secret, from })),
});

/** A delivery of keys of which one is bytes. */
const withBytes = (spec: DeliverySpec): DeliverySpec => ({
  ...spec,
  keys: spec.keys.map((each) => (each.from === "password" ? { ...each, bytes: true } : each)),
});

const password = { secretKey: "password", ref: { key: "acme/shop/db", property: "password" } };

describe("choosing how an ExternalSecret reads", () => {
  for (const [name, spec, selection] of [
    [
      "takes an object whole where all of its keys are wanted",
      delivery(["password", "shop/db", "password"], ["username", "shop/db", "username"]),
      { extract: ["acme/shop/db"], data: [] },
    ],
    [
      "takes several objects whole, in the order in which they are named",
      delivery(
        ["token", "shop/api", "token"],
        ["password", "shop/db", "password"],
        ["username", "shop/db", "username"],
      ),
      { extract: ["acme/shop/api", "acme/shop/db"], data: [] },
    ],
    [
      "takes bytes out of their base64, and the other keys of the object one by one then",
      withBytes(delivery(["password", "shop/db", "password"], ["username", "shop/db", "username"])),
      {
        extract: [],
        data: [
          { secretKey: "password", ref: { ...password.ref, decode: "base64" } },
          { secretKey: "username", ref: { key: "acme/shop/db", property: "username" } },
        ],
      },
    ],
    [
      "takes bytes twice where a text has their base64",
      {
        ...withBytes(delivery(["keystore", "shop/db", "password"])),
        templates: [
          { key: "text", text: "${db/password}", sources: { "db/password": { secret: "shop/db", from: "password" } } },
        ],
      },
      {
        extract: [],
        data: [
          { secretKey: "value0", ref: { ...password.ref, decode: "base64" } },
          { secretKey: "value1", ref: password.ref },
        ],
        template: { keystore: "{{ .value0 }}", text: "{{ .value1 }}" },
      },
    ],
    [
      "takes no key that is not wanted",
      delivery(["password", "shop/db", "password"]),
      { extract: [], data: [password] },
    ],
    [
      "takes keys one by one where one of them is renamed",
      delivery(["password", "shop/db", "password"], ["user", "shop/db", "username"]),
      { extract: [], data: [password, { secretKey: "user", ref: { key: "acme/shop/db", property: "username" } }] },
    ],
    [
      "takes keys one by one where a key is wanted twice and another not at all",
      delivery(["password", "shop/db", "password"], ["username", "shop/db", "password"]),
      { extract: [], data: [password, { secretKey: "username", ref: { key: "acme/shop/db", property: "password" } }] },
    ],
    [
      "takes keys one by one where each is an object of its own",
      delivery(["a", "shop/ssm", "a"], ["b", "shop/ssm", "b"]),
      {
        extract: [],
        data: [
          { secretKey: "a", ref: { key: "/acme/shop/ssm/a" } },
          { secretKey: "b", ref: { key: "/acme/shop/ssm/b" } },
        ],
      },
    ],
    [
      "mixes both",
      delivery(["token", "shop/api", "token"], ["password", "shop/db", "password"]),
      { extract: ["acme/shop/api"], data: [password] },
    ],
  ] as const) {
    it(name, () => {
      assert.deepEqual(selectReads(spec, stored), selection);
    });
  }

  it("rejects a secret that was not stored", () => {
    assert.throws(() => selectReads(delivery(["a", "shop/none", "a"]), stored), {
      message: "shop/shop-db reads shop/none, which was not stored",
    });
  });

  it("rejects a key that the secret has not", () => {
    assert.throws(() => selectReads(delivery(["a", "shop/db", "none"]), stored), {
      message: "shop/db has no key none",
    });
  });

  it("needs only the objects that hold a wanted key", () => {
    const read = readObjects(delivery(["b", "shop/ssm", "b"], ["token", "shop/api", "token"]), stored);
    const names = read.map(({ secret, objects }) => [secret, objects.map(({ object }) => object.name)]);
    assert.deepEqual(names, [
      ["shop/ssm", ["/acme/shop/ssm/b"]],
      ["shop/api", ["acme/shop/api"]],
    ]);
  });
});
