import assert from "node:assert/strict";
import { CustomResource, log, runtime } from "@pulumi/pulumi";
import { runOffline } from "../../preview/offline.ts";
import type { World } from "../../preview/answers.ts";
import type { StoreSpec } from "../../components/backends/index.ts";

/** A resource of a type that no provider here has. */
class Thing extends CustomResource {}

const nothing: World = { stores: [], held: new Map() };

function run<T>(program: () => Promise<T>, world = nothing) {
  const options = { project: "p", stack: "s", config: {}, secretKeys: [], world: () => world };
  return runOffline(program, options);
}

function ask(token: string, inputs: object, world?: World): Promise<unknown> {
  return run(() => runtime.invoke(token, inputs, { async: true }) as Promise<unknown>, world).then(
    ({ result }) => result,
  );
}

describe("running the program offline", () => {
  it("counts a resource of any type, and leaves what its provider would say unknown", async () => {
    let told = false;
    const { created } = await run(() => {
      const resource = new Thing("cloud:new/thing:Thing", "a", { name: "a", made: undefined });
      resource.id.apply(() => (told = true));
      return Promise.resolve();
    });
    assert.deepEqual(created, ["cloud:new/thing:Thing"]);
    assert.equal(told, false);
  });

  it("keeps warnings, and no other message", async () => {
    const { warnings } = await run(async () => {
      await log.warn("careful");
      await log.info("by the way");
    });
    assert.deepEqual(warnings, ["careful"]);
  });

  it("names a function that it has no answer for", async () => {
    await assert.rejects(ask("cloud:index/getThing:getThing", {}), (error: Error) => {
      assert.match(
        error.message,
        /the preview has no answer for the function cloud:index\/getThing:getThing; add a row to preview\/answers\.ts/,
      );
      return true;
    });
  });

  it("says that clouds are empty, but for what the facts call existing", async () => {
    const stores = (["aws-parameter-store", "aws-secrets-manager", "gcp-secret-manager", "vault-kv"] as const).map(
      (kind) => ({ kind, name: kind, accountId: "123456789012", projectNumber: "42" }) as unknown as StoreSpec,
    );
    const held = new Map(stores.map(({ name }) => [name, ["acme-test/shop/db"]]));
    const empty = { stores, held: new Map<string, readonly string[]>() };
    const full = { stores, held };
    const questions = [
      ["vault:kv/getSecretsListV2:getSecretsListV2", { mount: "secret", name: "acme-test/shop" }, "names", ["db"]],
      ["aws:ssm/getParametersByPath:getParametersByPath", { path: "/" }, "names", ["acme-test/shop/db"]],
      ["aws:secretsmanager/getSecrets:getSecrets", {}, "names", ["acme-test/shop/db"]],
    ] as const;
    for (const [token, inputs, field, there] of questions) {
      const names = async (world: World) => ((await ask(token, inputs, world)) as Record<string, unknown>)[field];
      assert.deepEqual(await names(empty), [], token);
      assert.deepEqual(await names(full), there, token);
    }
    assert.deepEqual(await ask("gcp:secretmanager/getSecrets:getSecrets", {}, empty), { secrets: [] });
  });

  it("is in the account and project of the facts", async () => {
    const stores = [{ name: "a", kind: "aws-parameter-store", accountId: "123456789012", projectNumber: "42" }];
    const world = { stores: stores as unknown as readonly StoreSpec[], held: new Map() };
    const caller = (await ask("aws:index/getCallerIdentity:getCallerIdentity", {}, world)) as Record<string, unknown>;
    assert.equal(caller["accountId"], "123456789012");
    const project = (await ask("gcp:organizations/getProject:getProject", {}, world)) as Record<string, unknown>;
    assert.equal(project["number"], "42");
  });
});
