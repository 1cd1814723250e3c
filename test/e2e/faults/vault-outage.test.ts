import assert from "node:assert/strict";
import { applicationSecrets } from "../support/cluster.ts";
import { startFaultProxy, through, type Fault, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { secretsPerApplication } from "../support/small-stack.ts";
import { run, succeed } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { allKvValues } from "../support/vault.ts";

describe("a Vault that fails in the middle of an up", () => {
  let proxy: FaultProxy;

  before(async () => {
    await deployShared();
    proxy = await startFaultProxy();
  });
  after(async () => {
    proxy.onWrite(() => undefined);
    await succeed("destroy", stackOf(rounds));
    await proxy.close();
  });

  const rounds = ["stalled", "refused", "rejected"];
  const stackOf = (applications: readonly string[]) => through(proxy, tenantStack("faulty", applications));
  /** From the third write on. */
  const later = (fault: Fault) => (writes: number) => (writes < 2 ? undefined : fault);

  it("by stalling for 12 s delays the up, which finishes", async () => {
    let stalled = 0;
    proxy.onWrite((writes) => {
      if (writes !== 2) return undefined;
      stalled += 1;
      return { kind: "stall", milliseconds: 12_000 };
    });
    const { warnings } = await succeed("up", stackOf(["stalled"]));
    assert.deepEqual(warnings, []);
    assert.equal(stalled, 1, "it was not stalled");
    await assertComplete(["stalled"]);
  });

  it("by refusing connections fails the up with an explanation, and the next up makes exactly what is missing", async () => {
    const applications = ["stalled", "refused"];
    proxy.onWrite(later({ kind: "refuse" }));
    const failed = await run("up", stackOf(applications));
    assert.equal(failed.ok, false);
    assert.match(failed.errors.join("\n"), /refused\/secret-\d.*(EOF|hang up|reset|refused)/s);
    await assertContinues(applications, failed.steps);
  });

  it("by rejecting the credentials gets no second request, and fails the up, which names store and stack and leaves no half-written secret", async () => {
    const rejected: string[] = [];
    proxy.onWrite((writes, path) => {
      if (writes < 2) return undefined;
      rejected.push(path);
      return { kind: "reject" };
    });
    const failed = await run("up", stackOf(rounds));
    assert.equal(failed.ok, false);
    assert.ok(rejected.length > 0, "nothing was rejected");
    assert.deepEqual(rejected, [...new Set(rejected)], "a write was repeated although it was rejected for good");
    assert.match(failed.output, /rejected\/secret-\d\/vault/);
    assert.match(failed.output, /permission denied/);
    assert.match(failed.output, /faulty/);
    await assertContinues(rounds, failed.steps);
  });

  async function assertContinues(applications: readonly string[], done: readonly string[]): Promise<void> {
    const partial = await versions();
    proxy.onWrite(() => undefined);
    const { steps, warnings } = await succeed("up", stackOf(applications));
    const again = steps.filter((step) => done.includes(step));
    assert.deepEqual([again, warnings], [[], []]);
    assert.deepEqual(
      steps.filter((step) => !step.startsWith("create ")),
      [],
    );
    const now = await versions();
    for (const [version, values] of partial) assert.deepEqual(now.get(version), values, `${version} changed`);
    await assertComplete(applications);
    assert.deepEqual((await run("up", stackOf(applications))).changes, {});
  }
});

/** Every secret is there once, whole, and delivered. */
async function assertComplete(applications: readonly string[]): Promise<void> {
  const written = await versions();
  const expected = applications.flatMap((name) =>
    Array.from({ length: secretsPerApplication }, (_, index) => `mlops-platform-faulty/${name}/secret-${index}@1`),
  );
  assert.deepEqual([...written.keys()].sort(), expected.sort());
  const keys = ["hub", "password", "token", "uri", "username"];
  for (const [version, values] of written) assert.deepEqual(Object.keys(values).sort(), keys, version);
  assert.equal((await applicationSecrets(applications)).size, expected.length);
}

/** Values of every version of the stack's secrets, by `path@version`. */
async function versions(): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const all = (await allKvValues()).filter(({ path }) => path.startsWith("mlops-platform-faulty/"));
  return new Map(all.map(({ path, version, values }) => [`${path}@${version}`, values]));
}
