import assert from "node:assert/strict";
import { byName, named } from "../../../operations/migrate/selection.ts";
import { readStoreListing } from "../../../operations/migrate/sources/store-listing.ts";

const file = "listing.json";
const canary = "c4nary-Vq8Zt2";
const read = (data: unknown, selection = byName) => readStoreListing({ file, data, selection });

/** Names and places of what was found, without what is the same of each. */
function found(data: unknown, selection = byName) {
  const reading = read(data, selection) ?? assert.fail("is no listing");
  const keys = reading.secrets.flatMap((secret) => secret.keys);
  assert.ok(keys.every(({ value, remote }) => value === undefined && remote?.store === `listing ${file}`));
  assert.ok(!JSON.stringify(reading).includes(canary));
  return {
    keys: keys.map(({ name, remote }) => [name, remote?.name]),
    store: reading.stores.map(({ name, facts, missing }) => [name, facts, missing]),
    left: reading.left.map(({ what, reason }) => `${what}: ${reason}`),
  };
}

describe("a listing of a store", () => {
  const parameters = {
    Parameters: [
      {
        Name: "/legacy/db/password",
        ARN: "arn:aws:ssm:eu-central-1:111122223333:parameter/legacy/db/password",
        Type: "SecureString",
        Value: canary,
      },
      { Name: "/legacy/api/password", Type: "SecureString" },
      { Name: "/legacy/api/token", Type: "SecureString" },
    ],
  };

  it("of Parameter Store has names alone, the last part of each where no other has it", () => {
    assert.deepEqual(found(parameters), {
      keys: [
        ["legacy.db.password", "/legacy/db/password"],
        ["legacy.api.password", "/legacy/api/password"],
        ["token", "/legacy/api/token"],
      ],
      store: [["parameters", { kind: "aws-parameter-store", region: "eu-central-1", accountId: "111122223333" }, []]],
      left: [],
    });
  });

  it("of Secrets Manager says which facts it lacks", () => {
    assert.deepEqual(found({ SecretList: [{ Name: "rds!cluster-1" }] }), {
      keys: [["rds_cluster-1", "rds!cluster-1"]],
      store: [["secrets", { kind: "aws-secrets-manager" }, ["region", "accountId"]]],
      left: [],
    });
  });

  it("of Key Vault has its vault", () => {
    const data = [{ id: "https://acme.vault.azure.net/secrets/mlflow-db-password", attributes: { enabled: true } }];
    assert.deepEqual(found(data), {
      keys: [["mlflow-db-password", "mlflow-db-password"]],
      store: [
        [
          "azure",
          { kind: "azure-key-vault", vault: "acme" },
          ["tenantId", "subscriptionId", "resourceGroup", "location"],
        ],
      ],
      left: [],
    });
  });

  it("of Google Cloud has its project, by name or number", () => {
    for (const [project, facts, missing] of [
      ["acme", { kind: "gcp-secret-manager", project: "acme" }, ["projectNumber"]],
      ["123456789012", { kind: "gcp-secret-manager", projectNumber: "123456789012" }, ["project"]],
    ] as const) {
      assert.deepEqual(found([{ name: `projects/${project}/secrets/token`, labels: {} }]), {
        keys: [["token", "token"]],
        store: [["gcp", facts, missing]],
        left: [],
      });
    }
  });

  it("is taken as far as people choose, under names of their choice", () => {
    const only = named(["token=API_TOKEN"]);
    const { keys, left } = found(parameters, { ...byName, only });
    assert.deepEqual(keys, [["API_TOKEN", "/legacy/api/token"]]);
    assert.deepEqual(left, [
      "/legacy/db/password: is not selected; to migrate it: --take legacy.db.password",
      "/legacy/api/password: is not selected; to migrate it: --take legacy.api.password",
    ]);
  });

  it("is no other JSON, and none that names nothing", () => {
    for (const data of [null, 1, "a", [], ["db", "api/"], {}, { db: { password: canary } }, [{ name: "shop" }]]) {
      assert.equal(read(data), undefined);
    }
  });

  it("may be empty", () => {
    assert.deepEqual(found({ SecretList: [] }).keys, []);
  });
});
