import assert from "node:assert/strict";
import { applicationSecrets, fingerprint } from "../support/cluster.ts";
import { arm, aws } from "../support/clouds/clients.ts";
import { vaultName, versionsIn } from "../support/clouds/stores.ts";
import {
  changeClouds,
  cloudsOptions,
  deployClouds,
  destroyClouds,
  movers,
  proofNames,
  rows,
} from "../support/clouds/stack.ts";
import { operatorObjects } from "../support/operator.ts";
import { run, succeed, type Run } from "../support/stacks.ts";
import { policyNames } from "../support/vault.ts";
import { AZURE_SANDBOX } from "../../../sandbox/fakes/azure/directory.ts";

const namespaces = [...rows, ...movers].map(({ namespace }) => namespace);

describe("destroying an environment with every store", () => {
  let destroyed: Run;
  let old: string;

  before(async () => {
    await deployClouds();
    old = await password();
    destroyed = await destroyClouds();
  });

  it("is one run without a warning", () => {
    assert.deepEqual(Object.keys(destroyed.changes), ["delete"]);
    assert.deepEqual(destroyed.warnings, []);
  });

  it("leaves no Secret, no object of the operator and no right", async () => {
    assert.equal((await applicationSecrets(namespaces)).size, 0);
    const objects = [...(await operatorObjects("secretstores")), ...(await operatorObjects("externalsecrets"))];
    assert.deepEqual(
      objects.filter(({ metadata }) => namespaces.includes(metadata.namespace)).map(({ metadata }) => metadata.name),
      [],
    );
    assert.deepEqual(await rolesOf("mlops-platform.clouds."), []);
    assert.deepEqual(
      (await policyNames()).filter((name) => name.includes(".clouds.")),
      [],
    );
  });

  it("leaves no object in a store, except what the store keeps for recovery", async () => {
    for (const store of ["parameter-store", "secret-manager", "vault"]) {
      for (const name of proofNames[store] ?? []) assert.deepEqual(await versionsIn[store]?.(name), [], name);
    }
    const scheduled = await scheduledForDeletion();
    for (const name of proofNames["secrets-manager"] ?? []) assert.ok(scheduled.includes(name), name);
    assert.equal(await vaultIsRecoverable(), true);
  });

  describe("and creating it again", () => {
    // Other settings than the deleted vault had, and settings that clouds normalize in their answers.
    before(() => {
      changeClouds({
        facts: {
          stores: {
            "key-vault": { tags: { made: "again" }, create: { allowedAddresses: ["198.51.100.7", "203.0.113.0/24"] } },
            "secrets-manager": { replicas: [{ region: "eu-west-1" }] },
          },
        },
      });
    });

    it("is refused where a cloud still holds a name, with the commands that restore or release it", async () => {
      const refused = await run("up", cloudsOptions(), { continueOnError: true });
      assert.equal(refused.ok, false);
      const said = refused.errors.join("\n");
      assert.match(said, /mlops-platform-clouds\/proof\/credentials/);
      assert.match(said, /scheduled for deletion/);
      assert.match(said, /aws secretsmanager restore-secret --region eu-central-1 --secret-id mlops-platform-clouds/);
      assert.match(said, /--force-delete-without-recovery/);
      assert.doesNotMatch(said, /setting ours failed/);
      assert.match(said, /choose another id \(stores\.secret-manager\.identityPools\.<cluster>\.id\)/);
    });

    it("works once the names are released: the vault is recovered, and every value is new", async () => {
      await deleteForGood();
      changeClouds({ facts: { stores: { "secret-manager": { identityPools: { local: { id: "made-again" } } } } } });
      const { warnings } = await succeed("up", cloudsOptions());
      assert.deepEqual(warnings, []);
      const now = await password();
      assert.notEqual(now, old);
      const secrets = await applicationSecrets(rows.map(({ namespace }) => namespace));
      for (const [name, values] of secrets) assert.equal(fingerprint(values["password"] ?? ""), now, name);
      assert.equal(secrets.size, rows.length);
      const [recovered = ""] = proofNames["key-vault"] ?? [];
      assert.ok(((await versionsIn["key-vault"]?.(recovered))?.length ?? 0) > 1, "its old versions are gone");
      for (const name of proofNames["secret-manager"] ?? []) {
        assert.equal((await versionsIn["secret-manager"]?.(name))?.length, 1, name);
      }
    });

    it("recovers the vault with the current settings, not with those that it had", async () => {
      const { tags, properties } = await vaultAsItIs();
      assert.deepEqual([tags, properties.networkAcls.defaultAction], [{ made: "again" }, "Deny"]);
      const addresses = properties.networkAcls.ipRules.map(({ value }) => value);
      assert.deepEqual(addresses, ["198.51.100.7/32", "203.0.113.0/24"]);
    });

    it("needs no further change, with or without a refresh", async () => {
      const { changes, warnings } = await succeed("up", cloudsOptions());
      assert.deepEqual([changes, warnings], [{}, []]);
      const refreshed = await succeed("up", cloudsOptions(), { refresh: true });
      assert.deepEqual([refreshed.changes, refreshed.warnings], [{}, []]);
    });
  });
});

async function password(): Promise<string> {
  const secrets = await applicationSecrets(["store-vault"]);
  return fingerprint(secrets.get("store-vault/credentials")?.["password"] ?? "");
}

async function rolesOf(prefix: string): Promise<readonly string[]> {
  const { ListRolesCommand } = await import("@aws-sdk/client-iam");
  const { Roles = [] } = await (await aws.iam()).send(new ListRolesCommand({}));
  return Roles.map(({ RoleName = "" }) => RoleName).filter((name) => name.startsWith(prefix));
}

async function scheduledForDeletion(): Promise<readonly string[]> {
  const { ListSecretsCommand } = await import("@aws-sdk/client-secrets-manager");
  const { SecretList = [] } = await (
    await aws.secretsManager()
  ).send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  return SecretList.filter(({ DeletedDate }) => DeletedDate !== undefined).map(({ Name = "" }) => Name);
}

/** Does what the message says for values that nobody needs. */
async function deleteForGood(): Promise<void> {
  const { DeleteSecretCommand } = await import("@aws-sdk/client-secrets-manager");
  for (const SecretId of await scheduledForDeletion()) {
    await (await aws.secretsManager()).send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  }
}

async function vaultAsItIs() {
  const { subscriptionId, resourceGroup } = AZURE_SANDBOX;
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.KeyVault/vaults/${vaultName}`;
  return (await arm("GET", id, "2024-11-01")) as unknown as {
    readonly tags: Readonly<Record<string, string>>;
    readonly properties: {
      readonly networkAcls: { readonly defaultAction: string; readonly ipRules: readonly { readonly value: string }[] };
    };
  };
}

async function vaultIsRecoverable(): Promise<boolean> {
  const { subscriptionId, location } = AZURE_SANDBOX;
  const id = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${vaultName}`;
  return (await arm("GET", id, "2024-11-01")) !== undefined;
}
