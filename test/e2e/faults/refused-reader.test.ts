import assert from "node:assert/strict";
import { applicationSecrets, fingerprints, ownNamespaces } from "../support/cluster.ts";
import { cli } from "../support/cli.ts";
import { startUp } from "../support/mishaps/child.ts";
import { eventually } from "../support/eventually.ts";
import { deployShared, shared } from "../support/shared-small-stack.ts";
import { onlyNamespaces, smallApplication } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { kvVersions, policyNames, vaultOk } from "../support/vault.ts";

/** The shared stack with one more Secret in its namespace. */
function withAnother(name: string): StackOptions {
  const { secrets, deliveries } = smallApplication("shared");
  const first = secrets["secret-0"];
  assert.ok(first !== undefined);
  const application = {
    secrets: { ...secrets, [name]: first },
    deliveries: [...deliveries, { namespace: "shared", secretName: name, from: [name] }],
  };
  return { ...shared, catalogue: { shared: application } };
}

describe("a Vault role that refuses the reader", () => {
  let role: string;

  before(async () => {
    await deployShared();
    role = (await policyNames()).find((name) => name.includes("shared")) ?? "";
  });

  it("makes up fail with the operator's own words and the fix, and up --refresh heals it", async () => {
    const { body } = await vaultOk(`auth/kubernetes/role/${role}`);
    await vaultOk(`auth/kubernetes/role/${role}`, {
      method: "POST",
      body: { ...body.data, audience: "somebody-else" },
    });
    const extended = withAnother("added-while-broken");
    const failed = await run("up", extended);
    assert.equal(failed.ok, false);
    const said = failed.errors.join("\n");
    assert.match(said, /ExternalSecret shared\/added-while-broken is not Ready/);
    assert.match(said, /invalid audience/, "the operator's own words are missing");
    assert.match(said, /fix: .*audience/, "no fix is named");

    await succeed("up", extended, { refresh: true });
    // The operator tries again by itself, after pauses that double up to a quarter of an hour; any annotation is a nudge.
    const nudge = ["annotate", "externalsecret", "--all", "--namespace=shared", "nudged=now"];
    assert.equal((await cli("kubectl", nudge)).code, 0);
    const arrived = async () => (await applicationSecrets(["shared"])).has("shared/added-while-broken");
    await eventually("the Secret arrives", arrived);
    const { changes } = await succeed("up", extended);
    assert.deepEqual(changes, {});
    await succeed("up", shared); // as it was, for the other tests
  });
});

describe("a store that can't be asked", () => {
  before(deployShared);

  const faults: Readonly<Record<string, StackOptions>> = {
    "with a token that Vault does not know": { secrets: { vaultToken: "hvs.unknown" } },
    "where nobody listens": { facts: { stores: { vault: { address: "http://127.0.0.1:1" } } } },
  };

  for (const [index, [name, fault]] of Object.entries(faults).entries()) {
    it(`ends up before its first resource ${name}: the message names the store, and nothing is written`, async () => {
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
      assert.deepEqual(further, [], "it went on although the store can't be asked");
      assert.match(failed.errors.join("\n"), /stores\.vault: .*failed/);
      assert.match(failed.errors.join("\n"), /fix: check the address/);
      assert.deepEqual(await everything(), before);
    });
  }
});

describe("two ups at once", () => {
  before(deployShared);

  it("are one up: the other is told who is at work, and disturbs nothing", async () => {
    const first = startUp(withAnother("added-by-the-first"));
    const second = startUp(withAnother("added-by-the-second"));
    const results = await Promise.all([first.ended, second.ended]);
    const [winner, loser] = results[0].code === 0 ? results : [results[1], results[0]];
    assert.equal(winner.code, 0, winner.output);
    assert.equal(loser.code, 1, "both went through");
    const pid = winner === results[0] ? first.pid : second.pid;
    assert.match(loser.output, new RegExp(`Another run is deploying to this platform \\(pid ${pid}\\)`));
    assert.match(loser.output, /fix: Wait for it/);
    const { changes } = await succeed(
      "up",
      withAnother(winner === results[0] ? "added-by-the-first" : "added-by-the-second"),
    );
    assert.deepEqual(changes, {});
  });
});

async function everything(): Promise<unknown> {
  return [await kvVersions(), fingerprints(await applicationSecrets()), await ownNamespaces(), await policyNames()];
}
