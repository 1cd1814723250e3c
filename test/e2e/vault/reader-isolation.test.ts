import assert from "node:assert/strict";
import { mintToken } from "../support/cluster.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { secretsPerApplication } from "../support/small-stack.ts";
import { succeed } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { listKv, login, roleNames, vault } from "../support/vault.ts";

const namespaces = ["alone-0", "alone-1", "alone-2", "alone-3", "alone-4"];
const stack = tenantStack("alone", namespaces);

describe("five namespaces of five secrets each", () => {
  /** Vault tokens of their readers, got with the service accounts' own tokens. */
  const readers = new Map<string, string>();
  let paths: readonly string[];

  before(async () => {
    await deployShared();
    await succeed("up", stack);
    paths = await listKv("mlops-platform-alone/");
    const roles = await roleNames();
    for (const namespace of namespaces) {
      const role = roles.find((name) => name.includes(namespace)) ?? assert.fail(`no role of ${namespace}`);
      const { body } = await login(role, await mintToken({ namespace, name: "secrets-reader" }, "vault"));
      readers.set(namespace, body.auth?.client_token ?? assert.fail(`the reader of ${namespace} can't log in`));
    }
  });
  after(() => succeed("destroy", stack));

  it("are readable only from their own namespace: 25 reads, 100 refusals", async () => {
    assert.equal(paths.length, namespaces.length * secretsPerApplication);
    const seen = { read: 0, refused: 0 };
    for (const [namespace, token] of readers) {
      for (const path of paths) {
        const own = path.startsWith(`mlops-platform-alone/${namespace}/`);
        const { status } = await vault(`secret/data/${path}`, { token });
        assert.equal(status, own ? 200 : 403, `${namespace} reads ${path}`);
        seen[own ? "read" : "refused"] += 1;
      }
    }
    assert.deepEqual(seen, { read: 25, refused: 100 });
  });

  it("can't be listed, changed or deleted, even by their own reader", async () => {
    for (const [namespace, token] of readers) {
      for (const path of paths) {
        const requests = [
          vault(`secret/data/${path}`, { token, method: "POST", body: { data: { password: "changed" } } }),
          vault(`secret/data/${path}`, { token, method: "DELETE" }),
          vault(`secret/metadata/${path}`, { token, method: "DELETE" }),
        ];
        const statuses = (await Promise.all(requests)).map(({ status }) => status);
        assert.deepEqual(statuses, [403, 403, 403], `${namespace} changes ${path}`);
      }
      const listed = await vault("secret/metadata/mlops-platform-alone/", { token, method: "LIST" });
      assert.equal(listed.status, 403, `${namespace} lists`);
    }
  });

  it("have readers that no other namespace's service account can log in as", async () => {
    const roles = await roleNames();
    for (const namespace of namespaces) {
      const jwt = await mintToken({ namespace, name: "secrets-reader" }, "vault");
      for (const other of namespaces.filter((each) => each !== namespace)) {
        const role = roles.find((name) => name.includes(other)) ?? "";
        assert.equal((await login(role, jwt)).status, 403, `${namespace} logs in as ${other}`);
      }
    }
  });
});
