import assert from "node:assert/strict";
import { CustomResource, log, ProviderResource, runtime } from "@pulumi/pulumi";
import { runOffline } from "../../preview/offline.ts";
import type { World } from "../../preview/answers/contract.ts";
import { worldOfFacts } from "../../preview/world.ts";
import type { RemoteStoreSpec } from "../../components/backends/index.ts";

/** A resource of a type that no provider here has. */
class Thing extends CustomResource {}

/** A provider that no plugin is behind. */
class Provider extends ProviderResource {
  constructor(name: string) {
    super("azure-native", name, {});
  }
}

const nothing: World = worldOfFacts(undefined, []);

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
        /the preview has no answer for the function cloud:index\/getThing:getThing; add a row to preview\/answers\//,
      );
      return true;
    });
  });

  const account = { accountId: "123456789012", region: "eu-central-1", partition: "aws" };
  const parameterStore = { ...account, kind: "aws-parameter-store", name: "a" } as unknown as RemoteStoreSpec;
  const secretsManager = { ...account, kind: "aws-secrets-manager", name: "b" } as unknown as RemoteStoreSpec;
  const secretManager = {
    kind: "gcp-secret-manager",
    name: "c",
    project: "acme",
    projectNumber: "42",
  } as RemoteStoreSpec;
  const vault = { kind: "vault-kv", name: "d", mount: "secret" } as RemoteStoreSpec;

  it("says that clouds are empty, but for what the facts call existing", async () => {
    const questions = [
      [
        parameterStore,
        "aws:ssm/getParametersByPath:getParametersByPath",
        { path: "/acme-test", recursive: true },
        "names",
      ],
      [secretsManager, "aws:secretsmanager/getSecrets:getSecrets", {}, "names"],
    ] as const;
    for (const [store, token, inputs, field] of questions) {
      const name = "/acme-test/shop/db";
      const found = async (held: readonly string[]) =>
        ((await ask(token, inputs, worldOfFacts(store, held))) as Record<string, unknown>)[field];
      assert.deepEqual(await found([]), [], token);
      assert.deepEqual(await found([name]), [name], token);
    }
    const list = "gcp:secretmanager/getSecrets:getSecrets";
    const secrets = async (held: readonly string[]) => {
      const answer = await ask(list, { project: "acme" }, worldOfFacts(secretManager, held));
      return (answer as { readonly secrets: readonly { readonly name: string }[] }).secrets.map(({ name }) => name);
    };
    assert.deepEqual(await secrets([]), []);
    assert.deepEqual(await secrets(["shop-db"]), ["projects/42/secrets/shop-db"]);
  });

  it("answers for an empty folder of a Vault with the provider's error, which the program takes for no names", async () => {
    const names = (held: readonly string[]) =>
      ask(
        "vault:kv/getSecretsListV2:getSecretsListV2",
        { mount: "secret", name: "acme-test/shop" },
        worldOfFacts(vault, held),
      );
    assert.deepEqual(((await names(["acme-test/shop/db"])) as Record<string, unknown>)["names"], ["db"]);
    await assert.rejects(names([]), /no secrets found at "secret\/metadata\/acme-test\/shop"/);
  });

  it("holds nothing of another kind of store", async () => {
    await assert.rejects(
      ask("aws:ssm/getParameter:getParameter", { name: "shop-db" }, worldOfFacts(secretManager, ["shop-db"])),
      /reading SSM Parameter \(shop-db\): couldn't find resource/,
    );
  });

  it("is in the account and project of the facts", async () => {
    const token = "aws:secretsmanager/getSecret:getSecret";
    const secret = (await ask(token, { name: "shop/db" }, worldOfFacts(secretsManager, ["shop/db"]))) as object;
    assert.match(
      (secret as { readonly arn: string }).arn,
      /^arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop\/db-\w{6}$/,
    );
  });

  it("asks each provider for what its own store holds", async () => {
    const asked: string[] = [];
    const world = (provider: string) => {
      asked.push(provider);
      return nothing;
    };
    await runOffline(
      async () => {
        const provider = new Provider("shop");
        await runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName: "s" }, { async: true });
        await runtime.invoke("azure-native:authorization:getClientToken", {}, { provider, async: true });
      },
      { project: "p", stack: "s", config: {}, secretKeys: [], world },
    );
    assert.deepEqual(asked, ["", "shop"]);
  });
});
