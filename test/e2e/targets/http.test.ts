import assert from "node:assert/strict";
import { alternating, literal, password } from "../../../components/values/recipe.ts";
import { startPasswordApi, type PasswordApi } from "../../support/stand-ins/password-api.ts";
import { fingerprint } from "../support/cluster.ts";
import { startUp } from "../support/mishaps/child.ts";
import { startFaultProxy, through, type FaultProxy } from "../support/mishaps/fault-proxy.ts";
import { killedAtWrite } from "../support/mishaps/killed-at-write.ts";
import { deployShared } from "../support/shared-small-stack.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";
import { readKv } from "../support/vault.ts";
import { loggingIn, login } from "./client.ts";

const one = { namespace: "api", name: "one" };
const turns = { namespace: "api", name: "turns" };
const names = ["shop_a", "shop_b"] as const;
const administrator = "token-of-the-administrator";

describe("rotating logins of an HTTP API (a stand-in)", () => {
  let api: PasswordApi;
  let proxy: FaultProxy;
  const stackAt = (rotations: Readonly<Record<string, string>> = {}): StackOptions =>
    through(proxy, {
      stack: "api",
      demo: false,
      catalogue: {
        api: {
          secrets: {
            one: {
              keys: { username: literal("shop"), password: password() },
              accounts: [{ target: "registry", username: "username", password: "password" }],
            },
            turns: {
              keys: { username: alternating(...names), password: password() },
              accounts: [{ target: "registry", username: "username", password: "password" }],
            },
          },
          deliveries: [one, turns].map(({ namespace, name }) => ({ namespace, secretName: name, from: [name] })),
        },
      },
      facts: {
        namespaces: onlyNamespaces([one.namespace]),
        clusters: { local: { externalSecrets: { install: false } } },
        targets: {
          registry: {
            kind: "http",
            tls: "off",
            request: {
              url: `${api.url}/users/\${username}/password`,
              json: { password: "${password}" },
              authentication: "bearer",
            },
            verify: { url: `${api.url}/me` },
          },
        },
        rotations: Object.fromEntries(Object.entries(rotations).map(([name, epoch]) => [`api/${name}`, epoch])),
      },
      secrets: { targetPasswords: JSON.stringify({ registry: administrator }) },
    });
  const held = async () => ({
    store: fingerprint((await readKv("mlops-platform-api/api/one"))?.["password"] ?? ""),
    Secret: fingerprint((await login(one)).password),
  });
  const works = async () => {
    const { username, password: value } = await login(one);
    await api.logIn({ user: username, password: value });
  };
  const puts = () => api.seen.filter(({ method }) => method === "PUT").length;

  before(async () => {
    await deployShared();
    proxy = await startFaultProxy();
    // Its users get their first passwords once there are Secrets.
    api = await startPasswordApi({ administrator, users: { shop: "", [names[0]]: "", [names[1]]: "" } });
    await succeed("up", stackAt());
    assert.equal(puts(), 0, "the first value was told");
    api.assign("shop", (await login(one)).password);
    api.assign(names[0], (await login(turns)).password);
  });
  after(async () => {
    await succeed("destroy", stackAt());
    await proxy.close();
    await api.stop();
  });

  it("tells the API before the store, and hands out no password that it does not accept", async () => {
    const before = await held();
    const attempts = await loggingIn(api, one, async () => {
      await succeed("up", stackAt({ one: "2026-12-01" }));
    });
    const after = await held();
    assert.equal(after.store, after.Secret);
    assert.notEqual(after.Secret, before.Secret);
    await works();
    const refused = attempts.filter(({ refusal }) => refusal !== undefined);
    assert.deepEqual(
      [...new Set(refused.map(({ print, refusal }) => `${print} ${refusal ?? ""}`))],
      refused.length === 0 ? [] : [`${before.Secret} the API answers 401`],
    );
  });

  it("changes two accounts by turns, and no login fails", async () => {
    for (const [epoch, to] of [
      ["2026-12-01", names[1]],
      ["2026-12-02", names[0]],
    ] as const) {
      const attempts = await loggingIn(api, turns, async () => {
        await succeed("up", stackAt({ one: "2026-12-01", turns: epoch }));
      });
      assert.deepEqual(
        attempts.filter(({ refusal }) => refusal !== undefined),
        [],
      );
      assert.equal((await login(turns)).username, to);
    }
  });

  const rotated = { one: "2026-12-03", turns: "2026-12-02" };

  it("does not begin where the API is down", async () => {
    const before = await held();
    await api.stop();
    const refused = await run("up", stackAt(rotated));
    assert.equal(refused.ok, false);
    const place = String.raw`127\.0\.0\.1:${api.port}`;
    assert.match(
      refused.errors.join("\n"),
      new RegExp(
        String.raw`api/one is to get a new password, which target registry \(http at http://${place}\) would not take for shop: connect ECONNREFUSED ${place}\n` +
          String.raw` {4}fix: let the deployer reach ${place}, or correct targets\.registry\n`,
      ),
    );
    assert.deepEqual(refused.steps, []);
    assert.deepEqual(await held(), before);
    await api.start();
    await works();
  });

  it("leaves store and Secret as they are where it refuses the request, and shows nothing of its answer", async () => {
    const before = await held();
    const stop = api.breakDown();
    const failed = await run("up", stackAt(rotated));
    stop();
    assert.equal(failed.ok, false);
    assert.match(failed.errors.join("\n"), /with 400, and 200 to 299 says that it was done\. Stores and Secrets still/);
    assert.ok(!failed.output.includes("quoted:"));
    assert.deepEqual(await held(), before);
    await works();
  });

  it("is finished by the next run where one was killed between the API and the store", async () => {
    const before = await held();
    await killedAtWrite(proxy, stackAt(rotated));
    assert.deepEqual(await held(), before);
    await assert.rejects(works(), /401/);

    // An API that takes no password twice does not stop it.
    api.refuseReuse();
    const next = startUp(stackAt(rotated));
    const { code, output } = await next.ended;
    assert.equal(code, 0, output);
    assert.notDeepEqual(await held(), before);
    await works();
    assert.deepEqual((await succeed("up", stackAt(rotated))).changes, {});
  });

  it("shows no password to a URL", () => {
    const passwords = [...api.users.values(), administrator];
    for (const { path } of api.seen) assert.ok(!passwords.some((each) => path.includes(each)));
  });
});
