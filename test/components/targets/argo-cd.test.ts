import assert from "node:assert/strict";
import { examine, tell } from "../../../components/targets/argo-cd/actions.ts";
import type { ArgoCdSpec } from "../../../components/targets/argo-cd/spec.ts";
import { startArgoCd, type ArgoCdStandIn } from "../../support/stand-ins/argo-cd.ts";
import { refusal } from "../../support/refused-target.ts";

const [first, second] = ["first-value-7d1f", "second-value-e3a9"] as const;
const administrator = "password of root";

describe("telling Argo CD a password (a stand-in of its API)", () => {
  let server: ArgoCdStandIn;
  let target: ArgoCdSpec;
  beforeEach(async () => {
    server = await startArgoCd([
      { name: "admin", password: administrator, mayUpdate: true },
      { name: "shop", password: first },
      { name: "robot", password: first, capabilities: ["apiKey"] },
    ]);
    target = { kind: "argo-cd", name: "cd", url: server.url, administrator: "admin", tls: "off" };
  });
  afterEach(() => server.stop());

  const login = (password: string, username = "shop") => ({ username, password });
  const told = (password: string, username = "shop") =>
    tell({ target, administrator, login: login(password, username) });
  const passwordOf = (name: string) => server.accounts.find((each) => each.name === name)?.password;
  const ownWay = (): ArgoCdSpec => ({ kind: "argo-cd", name: "cd", url: server.url, tls: "off" });
  const requests = () => server.seen.map(({ method, path }) => `${method} ${path}`);

  it("sets the one of the account in a session of the administrator, and logs in with it", async () => {
    await told(second);
    assert.deepEqual([passwordOf("shop"), passwordOf("admin"), passwordOf("robot")], [second, administrator, first]);
    assert.deepEqual(requests(), ["POST /api/v1/session", "PUT /api/v1/account/password", "POST /api/v1/session"]);
    assert.ok(!server.seen.some(({ headers }) => JSON.stringify(headers).includes(second)));
  });

  it("can be repeated, as a run does that was interrupted", async () => {
    await told(second);
    await told(second);
    assert.equal(passwordOf("shop"), second);
  });

  it("refuses an account that is not there", async () => {
    assert.deepEqual(await refusal(told(second, "nobody")), {
      problem: "there is no account nobody",
      fix: "add it to argocd-cm: accounts.<name>: login",
      isTold: false,
    });
  });

  it("says that the administrator's password is wrong, or that it is none", async () => {
    assert.deepEqual(await refusal(tell({ target, administrator: "wrong", login: login(second) })), {
      problem: "it answers 401: it does not accept what admin logs in with",
      fix: `pulumi config set --secret targetPasswords '{"cd":"<password of admin>"}' (with those of all other targets: the value is replaced as a whole)`,
      isTold: false,
    });
    const owned = { ...target, administratorSecret: "shop/owner" };
    assert.deepEqual(await refusal(tell({ target: owned, administrator: "wrong", login: login(second) })), {
      problem: "it answers 401: it does not accept what admin logs in with",
      fix: "set the password of admin there, by hand, to that of shop/owner (docs/rotation.md#the-administrators-password)",
      isTold: false,
    });
    const plain = { ...target, administrator: "shop" };
    assert.deepEqual(await refusal(tell({ target: plain, administrator: first, login: login(second, "admin") })), {
      problem: "it answers 403: shop may not do this",
      fix: "give shop the right to set passwords there, or name another administrator: targets.cd.administrator",
      isTold: false,
    });
    assert.equal(passwordOf("admin"), administrator);
  });

  it("says that the password is against the pattern, and nothing of the answer, which quotes it", async () => {
    assert.deepEqual(await refusal(told("short")), {
      problem:
        "it answers PUT api/v1/account/password with 500: the password is against its passwordPattern (argocd-cm), or it can't write argocd-secret",
      fix: "choose a recipe that the pattern allows, by default 8 to 32 characters, and rotate with another date",
      isTold: false,
    });
    assert.equal(passwordOf("shop"), first);
  });

  it("says so where it has the new password and lets the account not log in", async () => {
    assert.deepEqual(await refusal(told(second, "robot")), {
      problem: "it has the new password of account robot, and a login with it fails",
      fix: "give the account the capability login (argocd-cm), and see whether it is locked after failed logins",
      isTold: true,
    });
  });

  it("lets an account change its own password by the one before, without an administrator", async () => {
    await tell({ target: ownWay(), administrator: "", login: login(second, "admin"), previous: administrator });
    assert.equal(passwordOf("admin"), second);
    // As after a run that was killed behind the first.
    await tell({ target: ownWay(), administrator: "", login: login(second, "admin"), previous: administrator });
    assert.equal(passwordOf("admin"), second);
    const wrong = await refusal(tell({ target: ownWay(), administrator: "", login: login(second), previous: "other" }));
    assert.deepEqual(wrong, {
      problem: "it accepts neither the previous nor the new password of shop",
      fix: "set the password of its Secret there (argocd account update-password), or name an administrator: targets.cd.administrator",
      isTold: false,
    });
  });

  it("says where it looked for a server that can't be reached", async () => {
    await server.stop();
    assert.equal((await refusal(told(second))).problem, `connect ECONNREFUSED 127.0.0.1:${server.port}`);
  });

  it("examines without changing anything", async () => {
    await examine({ target, administrator, account: "shop" });
    await examine({ target: ownWay(), administrator: "", account: "shop" });
    assert.deepEqual(requests(), [
      "POST /api/v1/session",
      "GET /api/v1/account/can-i/accounts/update/shop",
      "GET /api/version",
    ]);
    const plain = { ...target, administrator: "shop" };
    assert.match(
      (await refusal(examine({ target: plain, administrator: first, account: "admin" }))).problem,
      /^it answers 403: shop/,
    );
  });
});
