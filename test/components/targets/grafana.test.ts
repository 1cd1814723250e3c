import assert from "node:assert/strict";
import { examine, tell } from "../../../components/targets/grafana/actions.ts";
import type { GrafanaSpec } from "../../../components/targets/grafana/spec.ts";
import { startGrafana, type GrafanaStandIn } from "../../support/stand-ins/grafana.ts";
import { refusal } from "../../support/refused-target.ts";

const [first, second] = ["first-value-7d1f", "second-value-e3a9"] as const;
const administrator = "password of root";

describe("telling Grafana a password (a stand-in of its API)", () => {
  let server: GrafanaStandIn;
  let target: GrafanaSpec;
  beforeEach(async () => {
    server = await startGrafana([
      { id: 1, login: "root", email: "root@example", password: administrator, isGrafanaAdmin: true },
      { id: 7, login: "shop", email: "shop@example", password: first },
      { id: 8, login: "clerk", email: "shop", password: first },
      { id: 9, login: "guest@example", email: "guest@example", password: first, isExternal: true },
      { id: 10, login: "gone", email: "gone@example", password: first, isDisabled: true },
    ]);
    target = { kind: "grafana", name: "dashboards", url: server.url, administrator: "root", tls: "off" };
  });
  afterEach(() => server.stop());

  const login = (password: string, username = "shop") => ({ username, password });
  const told = (password: string, username = "shop") =>
    tell({ target, administrator, login: login(password, username) });
  const passwordOf = (name: string) => server.users.find((each) => each.login === name)?.password;
  const ownWay = (): GrafanaSpec => ({ kind: "grafana", name: "dashboards", url: server.url, tls: "off" });
  const requests = () => server.seen.map(({ method, path }) => `${method} ${path}`);

  it("sets the one of the user with this login, and logs in with it", async () => {
    await told(second);
    assert.deepEqual([passwordOf("shop"), passwordOf("clerk"), passwordOf("root")], [second, first, administrator]);
    assert.deepEqual(requests(), [
      "GET /api/users/lookup?loginOrEmail=shop",
      "PUT /api/admin/users/7/password",
      "GET /api/user",
    ]);
  });

  it("can be repeated, as a run does that was interrupted", async () => {
    await told(second);
    await told(second);
    assert.equal(passwordOf("shop"), second);
  });

  it("finds its API below a path", async () => {
    target = { ...target, url: `${server.url}/sub/path` };
    assert.deepEqual(await refusal(told(second)), {
      problem: "it knows no user shop",
      fix: "create it there, with the rights that it needs, or correct targets.dashboards.url",
      isTold: false,
    });
    assert.deepEqual(requests(), ["GET /sub/path/api/users/lookup?loginOrEmail=shop"]);
  });

  it("shows the password to no URL", async () => {
    await told(second);
    assert.ok(!requests().join("\n").includes(second));
    assert.deepEqual(
      server.seen.map(({ headers }) => Object.keys(headers).some((name) => name.includes("password"))),
      [false, false, false],
    );
  });

  it("refuses a user that is not there, is somebody's address, is disabled, or logs in by another system", async () => {
    const problems = await Promise.all(
      ["nobody", "clerk@example", "gone", "guest@example"].map(
        async (name) => (await refusal(told(second, name))).problem,
      ),
    );
    assert.deepEqual(problems, [
      "it knows no user nobody",
      "it knows no user clerk@example",
      "user gone is disabled",
      "user guest@example logs in by another system, and Grafana keeps no password of it",
    ]);
  });

  it("says that the administrator's password is wrong, or that it is none", async () => {
    assert.deepEqual(await refusal(tell({ target, administrator: "wrong", login: login(second) })), {
      problem: "it answers 401: it does not accept what root logs in with",
      fix: `pulumi config set --secret targetPasswords '{"dashboards":"<password of root>"}' (with those of all other targets: the value is replaced as a whole)`,
      isTold: false,
    });
    const owned = { ...target, administratorSecret: "shop/owner" };
    assert.deepEqual(await refusal(tell({ target: owned, administrator: "wrong", login: login(second) })), {
      problem: "it answers 401: it does not accept what root logs in with",
      fix: "set the password of root there, by hand, to that of shop/owner (docs/rotation.md#the-administrators-password)",
      isTold: false,
    });
    const plain = { ...target, administrator: "clerk" };
    assert.deepEqual(await refusal(tell({ target: plain, administrator: first, login: login(second) })), {
      problem: "it answers 403: clerk may not do this",
      fix: "give clerk the right to set passwords there, or name another administrator: targets.dashboards.administrator",
      isTold: false,
    });
    assert.equal(passwordOf("shop"), first);
  });

  it("says that the password is refused, and nothing of the answer, which quotes it", async () => {
    const answer = await refusal(told("abc"));
    assert.deepEqual(answer, {
      problem: "it refuses the new password (400), as too short or against its password policy",
      fix: "choose a recipe that the policy allows (auth.basic.password_policy), and rotate with another date",
      isTold: false,
    });
  });

  it("says where it looked for a server that can't be reached", async () => {
    await server.stop();
    assert.deepEqual(await refusal(told(second)), {
      problem: `connect ECONNREFUSED 127.0.0.1:${server.port}`,
      fix: `let the deployer reach 127.0.0.1:${server.port}, or correct targets.dashboards`,
      isTold: false,
    });
  });

  it("lets a user change its own password by the one before, without an administrator", async () => {
    await tell({ target: ownWay(), administrator: "", login: login(second), previous: first });
    assert.equal(passwordOf("shop"), second);
    assert.deepEqual(requests(), ["PUT /api/user/password", "GET /api/user"]);
    // As after a run that was killed behind the first.
    await tell({ target: ownWay(), administrator: "", login: login(second), previous: first });
    await tell({ target: ownWay(), administrator: "", login: login(second) });
    assert.equal(passwordOf("shop"), second);
  });

  it("says so where neither is right, or the one before is not known", async () => {
    const wrong = await refusal(tell({ target: ownWay(), administrator: "", login: login(second), previous: "other" }));
    assert.deepEqual(wrong, {
      problem: "it accepts neither the previous nor the new password of shop",
      fix: "set the password of its Secret there (grafana cli admin reset-admin-password), or name a server administrator: targets.dashboards.administrator",
      isTold: false,
    });
    const unknown = await refusal(tell({ target: ownWay(), administrator: "", login: login(second) }));
    assert.deepEqual(unknown, {
      problem: "it has to be given the value before, which the state does not keep",
      fix: "set the new value there by hand (docs/rotation.md#by-hand), or name a server administrator (targets.dashboards)",
      isTold: false,
    });
    assert.equal(passwordOf("shop"), first);
  });

  it("examines without changing anything", async () => {
    await examine({ target, administrator, account: "shop" });
    await examine({ target: ownWay(), administrator: "", account: "shop" });
    assert.deepEqual(requests(), ["GET /api/users/lookup?loginOrEmail=shop", "GET /api/health"]);
    assert.equal(
      (await refusal(examine({ target, administrator, account: "nobody" }))).problem,
      "it knows no user nobody",
    );
    assert.match(
      (await refusal(examine({ target, administrator: "wrong", account: "shop" }))).problem,
      /^it answers 401/,
    );
  });
});
