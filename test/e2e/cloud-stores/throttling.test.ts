import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import { applicationSecrets } from "../support/cluster.ts";
import { addFault, clearFaults } from "../support/clouds/clients.ts";
import { versionsIn } from "../support/clouds/stores.ts";
import { changeClouds, cloudsCatalogue, cloudsOptions, deployClouds, proofNames } from "../support/clouds/stack.ts";
import { run, succeed, type Run } from "../support/stacks.ts";

/** Each cloud refuses three of ten requests in its own words. Only for a while: some clients try a request four times. */
const throttling = { kind: "throttle", rate: 0.3, forMs: 8_000 } as const;
const clouds = ["*.amazonaws.com", "*.azure.*", "*.googleapis.com"];

const namespaces = ["store-ssm", "store-secrets-manager", "store-key-vault", "store-gcp"];

const added: Readonly<Record<string, string>> = {
  "parameter-store": "/mlops-platform-clouds/throttled/added/password",
  "secrets-manager": "mlops-platform-clouds/throttled/added",
  "key-vault": "mlops-platform-clouds--throttled--added--password",
  "secret-manager": "mlops-platform-clouds--throttled--added",
};

describe("clouds that throttle three of ten requests", () => {
  let throttled: Run;
  let before_: Readonly<Record<string, readonly string[]>>;

  before(async () => {
    await deployClouds();
    before_ = await proofVersions();
    const catalogue = cloudsCatalogue({
      throttled: {
        secrets: { added: { keys: { password: password() } } },
        deliveries: namespaces.map((namespace) => ({ namespace, secretName: "added", from: ["added"] })),
      },
    });
    for (const host of clouds) await addFault({ ...throttling, host });
    try {
      throttled = await run("up", changeClouds({ catalogue }));
    } finally {
      await clearFaults();
    }
  });
  after(() => succeed("up", changeClouds({ catalogue: cloudsCatalogue() })));

  it("do not keep up from finishing", () => {
    assert.deepEqual([throttled.errors, throttled.ok], [[], true]);
  });

  it("get each new value once, and no new version of any other", async () => {
    for (const [store, name] of Object.entries(added)) {
      assert.equal((await versionsIn[store]?.(name))?.length, 1, `${store} ${name}`);
    }
    assert.deepEqual(await proofVersions(), before_);
  });

  it("still deliver the new Secret to every namespace", async () => {
    const secrets = await applicationSecrets(namespaces);
    const values = namespaces.map((namespace) => secrets.get(`${namespace}/added`)?.["password"] ?? "");
    for (const value of values) assert.match(value, /^[a-zA-Z0-9]{32}$/);
    assert.equal(new Set(values).size, 1);
  });

  it("leave nothing to do for the next up", async () => {
    const { changes, warnings } = await succeed("up", cloudsOptions());
    assert.deepEqual([changes, warnings], [{}, []]);
  });
});

async function proofVersions(): Promise<Readonly<Record<string, readonly string[]>>> {
  const entries = Object.entries(proofNames).map(
    async ([store, [name = ""]]) => [store, (await versionsIn[store]?.(name)) ?? []] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
