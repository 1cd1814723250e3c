import assert from "node:assert/strict";
import { readLiveSecrets } from "../../../operations/migrate/sources/live.ts";
import { leftOf, problems, read, shown } from "./reading.ts";

const secret = (name: string, data: Readonly<Record<string, string>>, metadata: object = {}) => ({
  metadata: { name, namespace: "minio", ...metadata },
  type: "Opaque",
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")])),
});

describe("the Secrets of a cluster", () => {
  const owned = (kind: string) => ({ ownerReferences: [{ kind, name: "x", controller: true }] });

  it("are read by namespace, but for those that something writes", async () => {
    const asked: string[] = [];
    const found = await read(
      {},
      {
        sources: ["live:minio", "live:minio"],
        cluster: () =>
          Promise.resolve((namespace) => {
            asked.push(namespace);
            return Promise.resolve([
              secret("root", { rootPassword: "in-use" }),
              secret("sealed", { a: "b" }, owned("SealedSecret")),
              secret("synced", { a: "b" }, owned("ExternalSecret")),
              secret("cert", { a: "b" }, owned("Certificate")),
            ]);
          }),
      },
    );
    assert.deepEqual(asked, ["minio"]);
    assert.deepEqual(shown(found), ["minio/root rootPassword = in-use", "minio/sealed a = b"]);
    assert.match(found.secrets[1]?.notes[0] ?? "", /^is owned by a SealedSecret/);
    assert.deepEqual(leftOf(found), [
      "live:minio: Secret minio/synced: is written by an ExternalSecret: migrate that",
      "live:minio: Secret minio/cert: is written by its owner, of kind Certificate",
    ]);
  });

  it("that can't be read are told with the sources that can't", async () => {
    const found = await read(
      { ".env": "x" },
      {
        sources: [".env", "live:a", "live:Bad!", "gone", "live:b"],
        cluster: () => Promise.reject(new Error("unused")),
      },
    );
    assert.deepEqual(problems(found), [
      ".env, line 1, column 1: is no line of the form NAME=value, no comment and not empty",
      "gone: does not exist",
      "live:Bad!: names no namespace: write live:<namespace> or live:<namespace>/<Secret>",
    ]);
    const refused = await read(
      {},
      { sources: ["live:a"], cluster: () => Promise.resolve(() => Promise.reject(new Error("forbidden"))) },
    );
    assert.deepEqual(problems(refused), ["live:a: listing its Secrets failed: forbidden"]);
    const unusable = await read({}, { sources: ["live:a"], cluster: () => Promise.reject(new Error("no context")) });
    assert.deepEqual(problems(unusable), ["live:a: the kubeconfig can't be used: no context"]);
    const none = await read({}, { sources: ["live:a"], cluster: () => Promise.resolve(() => Promise.resolve([])) });
    assert.deepEqual(leftOf(none), ["live:a: namespace a: has no Secrets, or does not exist"]);
  });

  it("are read one by one where they are named, and listed once", async () => {
    const asked: string[] = [];
    const found = await readLiveSecrets(["shop/a", "shop/gone"], (namespace) => {
      asked.push(namespace);
      return Promise.resolve(["a", "b"].map((name) => ({ metadata: { name, namespace }, data: { key: "dg==" } })));
    });
    assert.deepEqual(shown(found), ["shop/a key = v"]);
    assert.deepEqual(leftOf(found), ["live:shop/gone: Secret shop/gone: does not exist"]);
    assert.deepEqual(asked, ["shop"]);
  });
});
