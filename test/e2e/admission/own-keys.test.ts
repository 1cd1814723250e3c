import assert from "node:assert/strict";
import { shared } from "../support/shared-small-stack.ts";
import { succeed } from "../support/stacks.ts";
import { refusalOf } from "./refusal.ts";
import { deployPolicy, untilRefused } from "./scene.ts";
import { externalSecret } from "./tenant-manifests.ts";
import { mintsTokens } from "./tenant-table.ts";

/** The namespace `shared` may read what is delivered to it, and what lies below a prefix of its own. */
const restricted = {
  ...shared,
  facts: {
    ...shared.facts,
    namespaces: {
      ...(shared.facts?.["namespaces"] as object),
      shared: { cluster: "local", store: "vault", create: true, remoteKeyPrefixes: ["teams/shared/"] },
    },
  },
};

const whole = (key: string) => externalSecret({ dataFrom: [{ extract: { key } }] });
const one = (key: string) => externalSecret({ data: [{ secretKey: "key", remoteRef: { key } }], dataFrom: [] });
const search = (path?: string) =>
  externalSecret({ dataFrom: [{ find: { name: { regexp: ".*" }, ...(path === undefined ? {} : { path }) } }] });

describe("the admission policy, where a namespace has prefixes of remote keys", () => {
  before(async () => {
    await deployPolicy(mintsTokens);
    await succeed("up", restricted);
    await untilKnown();
  });
  after(() => succeed("up", shared));

  /** Waits for the policy of this stack: that of the namespace `shared`. */
  async function untilKnown(): Promise<void> {
    await untilRefused(whole("teams/other/key"), /may only read remote keys/, "shared");
  }

  it("admits keys below its prefixes, and a search there", async () => {
    for (const each of [whole("teams/shared/key"), one("teams/shared/a/b"), search("teams/shared/a")]) {
      assert.equal(await refusalOf(each, "shared"), undefined);
    }
  });

  it("refuses every other key, and climbing out of a prefix", async () => {
    for (const key of ["teams/other/key", "teams/shared", "teams/shared/../other/key", "teams/shared/.."]) {
      for (const each of [whole(key), one(key)]) {
        assert.match((await refusalOf(each, "shared")) ?? "", /may only read remote keys of its namespace/, key);
      }
    }
  });

  it("refuses a search of the store, and one elsewhere", async () => {
    for (const each of [search(), search("teams/other/"), search("teams/")]) {
      assert.match((await refusalOf(each, "shared")) ?? "", /may only search its store/);
    }
  });

  it("leaves other namespaces alone", async () => {
    assert.equal(await refusalOf(whole("teams/other/key"), "default"), undefined);
  });

  it("lets the stack's own ExternalSecrets through when they change", async () => {
    const { facts } = restricted;
    await succeed("up", { ...restricted, facts: { ...facts, refreshSeconds: 7200 } });
  });
});
