import assert from "node:assert/strict";
import { password } from "../../../components/values/recipe.ts";
import { DEPLOYER } from "../../../sandbox/fakes/aws/account.ts";
import { GCP_SANDBOX } from "../../../sandbox/fakes/gcp/sandbox.ts";
import { aws, google, keyVault } from "../support/clouds/clients.ts";
import { changeClouds, cloudsCatalogue, cloudsOptions, deployClouds } from "../support/clouds/stack.ts";
import { vaultName, versionsIn } from "../support/clouds/stores.ts";
import { run, type Run } from "../support/stacks.ts";

/** What every object of this program says of itself; Google takes small letters alone. */
const labels = { "managed-by": "pulumi", project: "multicloud-secrets", stack: "elsewhere" };
const tags = Object.entries(labels).map(([Key, Value]) => ({ Key, Value }));
const value = JSON.stringify({ password: "of another stack" });
const project = `https://secretmanager.googleapis.com/v1/projects/${GCP_SANDBOX.project.id}`;

/** The object of each cloud, made by hand as another stack makes it, with the namespace that is to read it here. */
const objects: Readonly<
  Record<
    string,
    {
      readonly namespace: string;
      readonly name: string;
      readonly make: (name: string) => Promise<void>;
      readonly remove: (name: string) => Promise<unknown>;
    }
  >
> = {
  "parameter-store": {
    namespace: "store-ssm",
    name: "/mlops-platform-clouds/other/db/password",
    make: async (Name) => {
      const { PutParameterCommand } = await import("@aws-sdk/client-ssm");
      await (
        await aws.ssm()
      ).send(new PutParameterCommand({ Name, Value: "of another stack", Type: "SecureString", Tags: tags }));
    },
    remove: async (Name) => {
      const { DeleteParameterCommand } = await import("@aws-sdk/client-ssm");
      await (await aws.ssm()).send(new DeleteParameterCommand({ Name }));
    },
  },
  "secrets-manager": {
    namespace: "store-secrets-manager",
    name: "mlops-platform-clouds/other/db",
    make: async (Name) => {
      const { CreateSecretCommand } = await import("@aws-sdk/client-secrets-manager");
      await (await aws.secretsManager()).send(new CreateSecretCommand({ Name, SecretString: value, Tags: tags }));
    },
    remove: async (SecretId) => {
      const { DeleteSecretCommand } = await import("@aws-sdk/client-secrets-manager");
      await (await aws.secretsManager()).send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    },
  },
  "key-vault": {
    namespace: "store-key-vault",
    name: "mlops-platform-clouds--other--db--password",
    make: async (name) => {
      await keyVault("PUT", vaultName, `secrets/${name}`, { value: "of another stack", tags: labels });
    },
    remove: async (name) => {
      await keyVault("DELETE", vaultName, `secrets/${name}`);
      await keyVault("DELETE", vaultName, `deletedsecrets/${name}`);
    },
  },
  "secret-manager": {
    namespace: "store-gcp",
    name: "mlops-platform-clouds--other--db",
    make: async (name) => {
      await google("POST", `${project}/secrets?secretId=${name}`, { replication: { automatic: {} }, labels });
      const data = Buffer.from(value).toString("base64");
      await google("POST", `${project}/secrets/${name}:addVersion`, { payload: { data } });
    },
    remove: (name) => google("DELETE", `${project}/secrets/${name}`),
  },
};

describe("objects of another stack, in every cloud", () => {
  let refused: Run;
  const versions = async () =>
    Promise.all(Object.entries(objects).map(async ([store, { name }]) => (await versionsIn[store]?.(name)) ?? []));
  let before_: unknown;

  before(async () => {
    await deployClouds();
    for (const { name, make } of Object.values(objects)) await make(name);
    before_ = await versions();
    changeClouds({
      catalogue: cloudsCatalogue({
        other: {
          secrets: { db: { keys: { password: password() } } },
          deliveries: Object.values(objects).map(({ namespace }) => ({ namespace, secretName: "other", from: ["db"] })),
        },
      }),
      facts: { adopt: { "other/db": true } },
    });
    // The program reads tags of parameters by itself. In this test it runs in this process, which has no credentials otherwise.
    const credentials = { AWS_ACCESS_KEY_ID: DEPLOYER.accessKeyId, AWS_SECRET_ACCESS_KEY: DEPLOYER.secretAccessKey };
    Object.assign(process.env, credentials);
    try {
      refused = await run("up", cloudsOptions());
    } finally {
      for (const name of Object.keys(credentials)) Reflect.deleteProperty(process.env, name);
    }
  });
  after(async () => {
    changeClouds({ catalogue: cloudsCatalogue(), facts: { adopt: null } });
    for (const { name, remove } of Object.values(objects)) await remove(name);
  });

  for (const [store, { name }] of Object.entries(objects)) {
    it(`are not adopted from ${store}, by its own tags or labels`, () => {
      const said = refused.errors.join("\n");
      assert.ok(
        said.includes(`"${name}" in store ${store} belongs to stack multicloud-secrets/elsewhere, by its labels`),
        said,
      );
    });
  }

  it("stop the run before its first write", async () => {
    assert.deepEqual([refused.ok, refused.steps], [false, []]);
    assert.deepEqual(await versions(), before_);
  });
});
