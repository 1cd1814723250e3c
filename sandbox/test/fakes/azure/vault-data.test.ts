import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { AZURE_SANDBOX, ROLES } from "../../../fakes/azure/directory.ts";
import { type Answer, Cloud, serviceAccountToken, VAULT } from "./cloud.ts";

describe("a vault of the fake Azure", () => {
  let cloud: Cloud;
  let token: string;

  beforeEach(async () => {
    cloud = await Cloud.start();
  });
  afterEach(() => cloud.stop());

  const put = (name: string, value = "v") => cloud.vault(token, "PUT", `secrets/${name}`, { value });
  const error = ({ status, body }: Answer): unknown[] => [
    status,
    body.get("error.code"),
    body.get("error.innererror.code"),
  ];

  async function identityToken(scope: string | undefined): Promise<string> {
    const { clientId, principalId } = await cloud.identity();
    if (scope !== undefined) await cloud.assign(principalId, ROLES.secretsUser, scope);
    return (await cloud.federated(clientId, await serviceAccountToken())).body.text("access_token");
  }

  it("keeps versions, and answers the current one or the one asked for", async () => {
    token = await cloud.team();
    const first = await cloud.vault(token, "PUT", "secrets/db", {
      value: "one",
      contentType: "application/json",
      attributes: { exp: 2_000_000_000 },
      tags: { app: "shop" },
    });
    await put("db", "two");
    const { body } = await cloud.vault(token, "GET", "secrets/db/");
    assert.equal(body.get("value"), "two");
    assert.match(body.text("id"), /^https:\/\/team\.vault\.azure\.net\/secrets\/db\/[0-9a-f]{32}$/);
    const old = await cloud.vault(token, "GET", `secrets/DB/${first.body.text("id").split("/").at(-1)}`);
    assert.equal(old.body.get("value"), "one");
    assert.equal(old.body.get("contentType"), "application/json");
    assert.deepEqual(old.body.get("tags"), { app: "shop" });
    assert.equal(old.body.get("attributes.exp"), 2_000_000_000);
    assert.equal(old.body.get("attributes.recoveryLevel"), "Recoverable+Purgeable");
    const versions = await cloud.vault(token, "GET", "secrets/db/versions");
    assert.equal(versions.body.list("value").length, 2);
    assert.ok(!JSON.stringify(versions.body).includes('"value":"'));
  });

  it("lists names in pages, without values", async () => {
    token = await cloud.team();
    for (let i = 0; i < 27; i++) await put(`s-${String(i).padStart(2, "0")}`, "hidden");
    const first = await cloud.vault(token, "GET", "secrets");
    assert.equal(first.body.list("value").length, 25);
    assert.equal(first.body.get("value.0.id"), "https://team.vault.azure.net/secrets/s-00");
    const second = await cloud.request("GET", first.body.text("nextLink"), { token });
    assert.deepEqual(
      second.body.list<{ id: string }>("value").map(({ id }) => id.split("/").at(-1)),
      ["s-25", "s-26"],
    );
    assert.equal(second.body.get("nextLink"), null);
    assert.ok(!JSON.stringify([first.body, second.body]).includes("hidden"));
  });

  it("asks who calls, naming tenant and resource", async () => {
    await cloud.team();
    const answer = await cloud.vault(undefined, "GET", "secrets/db");
    assert.deepEqual(error(answer), [401, "Unauthorized", undefined]);
    assert.equal(
      answer.headers["www-authenticate"],
      `Bearer authorization="https://login.microsoftonline.com/${AZURE_SANDBOX.tenantId}", resource="https://vault.azure.net"`,
    );
    const wrong = await cloud.vault(await cloud.deployer(), "GET", "secrets/db");
    assert.equal(
      wrong.body.get("error.message"),
      "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com.",
    );
    assert.equal((await cloud.vault("made-up", "GET", "secrets/db")).status, 401);
  });

  it("lets an identity read exactly the secret that it is assigned", async () => {
    token = await cloud.team();
    await Promise.all([put("mine"), put("mine-too")]);
    const reader = await identityToken(`${VAULT}/secrets/mine`);
    assert.equal((await cloud.vault(reader, "GET", "secrets/mine")).body.get("value"), "v");
    for (const [method, call] of [
      ["GET", "secrets/mine-too"],
      ["GET", "secrets/absent"],
      ["GET", "secrets"],
      ["PUT", "secrets/mine"],
      ["DELETE", "secrets/mine"],
    ] as const) {
      const body = method === "PUT" ? { value: "x" } : undefined;
      assert.deepEqual(
        error(await cloud.vault(reader, method, call, body)),
        [403, "Forbidden", "ForbiddenByRbac"],
        call,
      );
    }
  });

  it("says in Azure's words who may not do what", async () => {
    await cloud.team();
    const { clientId, principalId } = await cloud.identity();
    const reader = (await cloud.federated(clientId, await serviceAccountToken())).body.text("access_token");
    const { body } = await cloud.vault(reader, "GET", "secrets/db");
    assert.equal(
      body.get("error.message"),
      [
        "Caller is not authorized to perform action on resource.",
        "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.",
        `Caller: appid=${clientId};oid=${principalId};iss=https://sts.windows.net/${AZURE_SANDBOX.tenantId}/`,
        "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
        `Resource: '${VAULT.toLowerCase()}/secrets/db'`,
        "Assignment: (not found)",
        "DenyAssignmentId: null",
        "DecisionReason: 'DeniedWithNoValidRBAC' ",
        "Vault: team;location=westeurope",
        "",
      ].join("\r\n"),
    );
  });

  it("does not let the owner of the subscription touch secrets without a role for it", async () => {
    token = await cloud.team({}, false);
    assert.deepEqual(error(await put("db")), [403, "Forbidden", "ForbiddenByRbac"]);
    await cloud.assign(AZURE_SANDBOX.deployer.objectId, ROLES.secretsOfficer, VAULT);
    assert.equal((await put("db")).status, 200);
  });

  it("keeps a deleted secret's name, recovers it with its versions, and purges it", async () => {
    token = await cloud.team();
    await put("db", "one");
    await put("db", "two");
    const deleted = await cloud.vault(token, "DELETE", "secrets/db");
    assert.equal(deleted.body.get("recoveryId"), "https://team.vault.azure.net/deletedsecrets/db");
    assert.equal(
      Number(deleted.body.get("scheduledPurgeDate")) - Number(deleted.body.get("deletedDate")),
      7 * 24 * 3600,
    );
    assert.deepEqual(error(await cloud.vault(token, "GET", "secrets/db")), [404, "SecretNotFound", undefined]);
    const conflict = await put("DB", "three");
    assert.deepEqual(error(conflict), [409, "Conflict", "ObjectIsDeletedButRecoverable"]);
    assert.equal(
      conflict.body.get("error.message"),
      "Secret DB is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can " +
        "only be recovered or purged.",
    );
    const list = await cloud.vault(token, "GET", "deletedsecrets");
    assert.deepEqual(
      list.body.list<{ recoveryId: string }>("value").map(({ recoveryId }) => recoveryId),
      ["https://team.vault.azure.net/deletedsecrets/db"],
    );
    cloud.clock.stoppedAt = Date.now();
    assert.equal((await cloud.vault(token, "POST", "deletedsecrets/db/recover")).status, 200);
    assert.deepEqual(error(await put("db", "three")), [409, "Conflict", "ObjectIsBeingRecovered"]);
    cloud.clock.offset += 1_000;
    assert.equal((await cloud.vault(token, "GET", "secrets/db")).body.get("value"), "two");
    assert.equal((await cloud.vault(token, "GET", "secrets/db/versions")).body.list("value").length, 2);
    await cloud.vault(token, "DELETE", "secrets/db");
    assert.equal((await cloud.vault(token, "DELETE", "deletedsecrets/db")).status, 204);
    assert.equal((await put("db", "new")).status, 200);
    assert.equal((await cloud.vault(token, "GET", "secrets/db/versions")).body.list("value").length, 1);
  });

  it("purges nothing under purge protection, until the time is over", async () => {
    token = await cloud.team({ enablePurgeProtection: true });
    await put("db");
    await cloud.vault(token, "DELETE", "secrets/db");
    const purge = await cloud.vault(token, "DELETE", "deletedsecrets/db");
    assert.deepEqual(error(purge), [403, "Forbidden", "ForbiddenByPolicy"]);
    assert.equal(
      (await cloud.vault(token, "GET", "deletedsecrets/db")).body.get("attributes.recoveryLevel"),
      "Recoverable",
    );
    cloud.clock.offset = 8 * 24 * 3600 * 1000;
    assert.equal((await cloud.vault(token, "GET", "deletedsecrets/db")).status, 404);
  });

  it("refuses names, sizes and requests that a vault does not take", async () => {
    token = await cloud.team();
    assert.deepEqual(error(await put("with_underscore")), [400, "BadParameter", undefined]);
    assert.equal((await put("a".repeat(127), "x".repeat(25 * 1024))).status, 200);
    assert.deepEqual(error(await put("a".repeat(128))), [400, "BadParameter", undefined]);
    const large = await put("large", "x".repeat(25 * 1024 + 1));
    assert.equal(
      large.body.get("error.message"),
      "The value of the secret is 25601 bytes long and exceeds the maximum size of 25600.",
    );
    const without = await cloud.request("GET", "https://team.vault.azure.net/secrets", { token });
    assert.equal(without.body.get("error.message"), "The api-version parameter was not specified.");
    assert.deepEqual(error(await cloud.vault(token, "GET", "keys")), [501, "NotInSandbox", undefined]);
  });

  it("answers no value of a disabled secret", async () => {
    token = await cloud.team();
    await cloud.vault(token, "PUT", "secrets/db", { value: "v", attributes: { enabled: false } });
    assert.deepEqual(error(await cloud.vault(token, "GET", "secrets/db")), [403, "Forbidden", "SecretDisabled"]);
  });

  it("keeps those out whose address is in no rule", async () => {
    token = await cloud.team({ networkAcls: { defaultAction: "Deny", ipRules: [{ value: "198.51.100.0/24" }] } });
    assert.deepEqual(error(await put("db")), [403, "Forbidden", "ForbiddenByFirewall"]);
    await cloud.arm("DELETE", VAULT);
    await cloud.arm(
      "POST",
      `${VAULT.replace(/\/resourceGroups.*/, "")}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/team/purge`,
    );
    token = await cloud.team({ networkAcls: { defaultAction: "Deny", ipRules: [{ value: "203.0.113.0/24" }] } });
    assert.equal((await put("db")).status, 200);
  });

  it("counts a new role only after a while, if it is told to", async () => {
    await cloud.stop();
    cloud = await Cloud.start({ rolePropagationMs: 60_000 });
    token = await cloud.team();
    assert.deepEqual(error(await put("db")), [403, "Forbidden", "ForbiddenByRbac"]);
    cloud.clock.offset = 61_000;
    assert.equal((await put("db")).status, 200);
  });

  it("is there again after a restart, in a file that only its owner can read", async () => {
    token = await cloud.team();
    await put("db", "kept");
    const { folder } = cloud;
    await cloud.stop(false);
    const file = path.join(folder, "state.json");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok((await readFile(file, "utf8")).includes("kept"));
    cloud = await Cloud.start({ folder });
    assert.equal((await cloud.vault(token, "GET", "secrets/db")).body.get("value"), "kept");
  });

  it("throttles as a vault does when it is told to", async () => {
    token = await cloud.team();
    cloud.gateway.faults.add({ kind: "throttle", host: "*.vault.azure.net", operation: "SetSecret", forMs: 60_000 });
    assert.deepEqual(error(await put("db")), [429, "Throttled", undefined]);
    cloud.gateway.faults.clear();
  });

  it("has no host without a vault", async () => {
    await assert.rejects(
      cloud.vault(undefined, "GET", "secrets"),
      /HTTP\/1\.1 502 getaddrinfo ENOTFOUND team\.vault\.azure\.net: the sandbox's Azure has no such vault$/,
    );
  });
});
