import { GCP_SANDBOX } from "../../../sandbox/fakes/gcp/sandbox.ts";
import { aws, google, keyVault } from "../support/clouds/clients.ts";
import { movers, type ring } from "../support/clouds/stack.ts";
import { vaultName, versionsIn } from "../support/clouds/stores.ts";
import { readKv, vaultOk } from "../support/vault.ts";

type StoreName = (typeof ring)[number];

/** A secret that lies in one store alone. */
export interface MadeAnew {
  readonly store: StoreName;
  /** `<app>/<secret>`. */
  readonly id: string;
  readonly namespace: string;
  /** Name of the object that holds its password. */
  readonly remoteName: string;
  /** Deletes the object for good, and makes another one under its name. */
  readonly makeAnew: (password: string) => Promise<void>;
  /** Deletes the object for good. */
  readonly remove: () => Promise<void>;
}

const project = `https://secretmanager.googleapis.com/v1/projects/${GCP_SANDBOX.project.id}`;

const stores: Readonly<
  Record<
    StoreName,
    {
      readonly nameOf: (secret: string) => string;
      readonly remove: (name: string) => Promise<unknown>;
      readonly make: (name: string, password: string) => Promise<unknown>;
    }
  >
> = {
  "parameter-store": {
    nameOf: (secret) => `/mlops-platform-clouds/moving/${secret}/password`,
    remove: async (Name) => {
      const { DeleteParameterCommand } = await import("@aws-sdk/client-ssm");
      return (await aws.ssm()).send(new DeleteParameterCommand({ Name }));
    },
    make: async (Name, Value) => {
      const { PutParameterCommand } = await import("@aws-sdk/client-ssm");
      return (await aws.ssm()).send(new PutParameterCommand({ Name, Type: "SecureString", Value }));
    },
  },
  "secrets-manager": {
    nameOf: (secret) => `mlops-platform-clouds/moving/${secret}`,
    remove: async (SecretId) => {
      const { DeleteSecretCommand } = await import("@aws-sdk/client-secrets-manager");
      const client = await aws.secretsManager();
      return client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    },
    make: async (Name, password) => {
      const { CreateSecretCommand } = await import("@aws-sdk/client-secrets-manager");
      const client = await aws.secretsManager();
      return client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify({ password }) }));
    },
  },
  "key-vault": {
    nameOf: (secret) => `mlops-platform-clouds--moving--${secret}--password`,
    remove: async (name) => {
      await keyVault("DELETE", vaultName, `secrets/${name}`);
      return keyVault("DELETE", vaultName, `deletedsecrets/${name}`);
    },
    make: (name, value) => keyVault("PUT", vaultName, `secrets/${name}`, { value }),
  },
  "secret-manager": {
    nameOf: (secret) => `mlops-platform-clouds--moving--${secret}`,
    remove: (name) => google("DELETE", `${project}/secrets/${name}`),
    make: async (name, password) => {
      await google("POST", `${project}/secrets?secretId=${name}`, { replication: { automatic: {} } });
      const data = Buffer.from(JSON.stringify({ password })).toString("base64");
      return google("POST", `${project}/secrets/${name}:addVersion`, { payload: { data } });
    },
  },
  vault: {
    nameOf: (secret) => `mlops-platform-clouds/moving/${secret}`,
    remove: (name) => vaultOk(`secret/metadata/${name}`, { method: "DELETE" }),
    make: (name, password) => vaultOk(`secret/data/${name}`, { method: "POST", body: { data: { password } } }),
  },
};

/** What can be made anew in each store. */
export const madeAnew: readonly MadeAnew[] = movers.map(({ namespace, from: store }) => {
  const { nameOf, remove, make } = stores[store];
  const remoteName = nameOf(namespace);
  return {
    ...{ store, id: `moving/${namespace}`, namespace, remoteName },
    remove: async () => void (await remove(remoteName)),
    makeAnew: async (password) => {
      await remove(remoteName);
      await make(remoteName, password);
    },
  };
});

/** The value that is one version older than the newest, by store: what is written over stays for a while. */
export const earlierValue: Readonly<Record<StoreName, (name: string) => Promise<string | undefined>>> = {
  "parameter-store": async (name) => {
    const { GetParameterCommand } = await import("@aws-sdk/client-ssm");
    const asked = { Name: `${name}:1`, WithDecryption: true };
    return (await (await aws.ssm()).send(new GetParameterCommand(asked))).Parameter?.Value;
  },
  "secrets-manager": async (SecretId) => {
    const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
    const client = await aws.secretsManager();
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage: "AWSPREVIOUS" }));
    return passwordIn(SecretString);
  },
  "key-vault": async (name) => {
    const [first = ""] = (await versionsIn["key-vault"]?.(name)) ?? [];
    return (await keyVault("GET", vaultName, `secrets/${name}/${first}`))?.["value"] as string | undefined;
  },
  "secret-manager": async (name) => {
    // What is replaced is disabled, and destroyed once the policy's days of recovery are over.
    await google("POST", `${project}/secrets/${name}/versions/1:enable`, {});
    const { payload } = await google("GET", `${project}/secrets/${name}/versions/1:access`);
    return passwordIn(Buffer.from((payload as { data: string }).data, "base64").toString());
  },
  vault: async (name) => (await readKv(name, 1))?.["password"],
};

function passwordIn(text = "{}"): string | undefined {
  return (JSON.parse(text) as { readonly password?: string }).password;
}
