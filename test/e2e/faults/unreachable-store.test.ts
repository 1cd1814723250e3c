import assert from "node:assert/strict";
import { applicationSecrets, fingerprints, ownNamespaces } from "../support/cluster.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces, smallApplication } from "../support/small-stack.ts";
import { run, type StackOptions } from "../support/stacks.ts";
import { kvVersions, policyNames } from "../support/vault.ts";

describe("a store that does not answer", () => {
  before(deployShared);

  const faults: Readonly<Record<string, StackOptions>> = {
    "with a token that Vault does not know": { secrets: { vaultToken: "hvs.unknown" } },
    "where nobody listens": { facts: { stores: { vault: { address: "http://127.0.0.1:1" } } } },
  };

  for (const [index, [name, fault]] of Object.entries(faults).entries()) {
    it(`stops an up before its first resource ${name}, with a message that names the store`, async () => {
      const namespace = `unreachable-${index}`;
      const stack: StackOptions = {
        stack: namespace,
        catalogue: { [namespace]: smallApplication(namespace) },
        ...fault,
        facts: { ...fault.facts, namespaces: onlyNamespaces([namespace]) },
      };
      const before = await everything();
      const failed = await run("up", stack);
      assert.equal(failed.ok, false);
      const opening = new Set(["create default", "create vault", `create multicloud-secrets-${namespace}`]);
      const further = failed.steps.filter((step) => !opening.has(step));
      assert.deepEqual(further, [], "it went on although the store does not answer");
      assert.match(failed.errors.join("\n"), /stores\.vault: .*failed/);
      assert.match(failed.errors.join("\n"), /fix: check the address/);
      assert.deepEqual(await everything(), before);
    });
  }
});

async function everything(): Promise<unknown> {
  return [await kvVersions(), fingerprints(await applicationSecrets()), await ownNamespaces(), await policyNames()];
}
