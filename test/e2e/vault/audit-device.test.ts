import assert from "node:assert/strict";
import path from "node:path";
import { password, provided } from "../../../components/values/recipe.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { connection } from "../support/platform.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { tenantStack } from "../support/tenants.ts";
import { vault, vaultOk } from "../support/vault.ts";

const namespace = "audited";
const tenant = tenantStack(namespace, [namespace]);
const catalogue: Catalogue = {
  [namespace]: {
    secrets: { db: { keys: { password: password(), hub: provided("huggingfaceToken") } } },
    deliveries: [{ namespace, secretName: "db", from: ["db"] }],
  },
};

interface Parts {
  readonly device: boolean;
  readonly retain?: boolean;
  /** Adopts what an earlier `destroy` left. */
  readonly again?: boolean;
}

const stackOf = ({ device, retain = true, again = false }: Parts): StackOptions => {
  const filePath = path.join(connection().root, "logs", "vault-audit-second.log");
  const local = { externalSecrets: { install: false }, ...(again ? { upsertExistingObjects: true } : {}) };
  const facts = {
    ...tenant.facts,
    clusters: { local },
    ...(device ? { stores: { vault: { auditDevices: [{ type: "file", path: "second", filePath }] } } } : {}),
    ...(again ? { adopt: { [`${namespace}/db`]: true } } : {}),
  };
  return { ...tenant, catalogue, facts, policy: { retain } };
};
const devices = async () => Object.keys((await vaultOk("sys/audit")).body.data ?? {});

describe("an audit device that the stack made, in an environment that retains its store", () => {
  before(async () => {
    await deployShared();
    await succeed("up", stackOf({ device: true }));
    assert.ok((await devices()).includes("second/"));
  });
  after(async () => {
    await succeed("up", stackOf({ device: false, retain: false }));
    await succeed("destroy", stackOf({ device: false, retain: false }));
    await vault("sys/audit/second", { method: "DELETE" });
  });

  it("stays enabled after destroy", async () => {
    await succeed("destroy", stackOf({ device: true }));
    assert.ok((await devices()).includes("second/"));
  });

  it("stops an up that would make it again, with the fix", async () => {
    const { ok, errors } = await run("up", stackOf({ device: true, again: true }));
    assert.equal(ok, false);
    assert.match(
      errors.join("\n"),
      /fix: the device is left unchanged if the facts do not name it: pulumi config rm --path 'stores\.vault\.auditDevices'/,
    );
  });

  it("stays as it is when the fix is applied", async () => {
    await succeed("up", stackOf({ device: false, again: true }));
    assert.ok((await devices()).includes("second/"));
  });
});
