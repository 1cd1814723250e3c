import assert from "node:assert/strict";
import { examine, tell } from "../../../../components/targets/http/actions.ts";
import { targetFacts, targetSpecOf } from "../../../../components/targets/kinds.ts";
import type { HttpSpec } from "../../../../components/targets/http/spec.ts";
import { startPasswordApi, type PasswordApi } from "../../../support/stand-ins/password-api.ts";
import { selfSigned } from "../../../support/self-signed.ts";
import { refusal } from "../../../support/refused-target.ts";

const [first, second] = ["first-value-7d1f", `second "value" {e3a9}&=%`] as const;
const administrator = "token-of-the-administrator";

/** The spec that these facts describe. */
function specOf(facts: object): HttpSpec {
  const spec = targetSpecOf("registry", targetFacts.parse({ kind: "http", ...facts }));
  return spec.kind === "http" ? spec : assert.fail("another kind");
}

describe("telling an HTTP API a password (a stand-in)", () => {
  let api: PasswordApi;
  beforeEach(async () => {
    api = await startPasswordApi({ administrator, users: { shop: first } });
  });
  afterEach(() => api.stop());

  const facts = (changes: object = {}) => ({
    tls: "off",
    request: {
      url: `${api.url}/users/\${username}/password`,
      json: { password: "${password}" },
      authentication: "bearer",
      expect: [204],
    },
    verify: { url: `${api.url}/me` },
    ...changes,
  });
  const told = (password: string, changes: object = {}, username = "shop", previous?: string) =>
    tell({
      target: specOf(facts(changes)),
      administrator,
      login: { username, password },
      ...(previous === undefined ? {} : { previous }),
    });

  it("sends the request, and logs in with the new one", async () => {
    await told(second);
    assert.equal(api.users.get("shop"), second);
    assert.deepEqual(
      api.seen.map(({ method, path }) => `${method} ${path}`),
      ["PUT /users/shop/password", "GET /me"],
    );
  });

  it("can be repeated, as a run does that was interrupted", async () => {
    await told(second);
    await told(second);
    assert.equal(api.users.get("shop"), second);
  });

  it("counts as told what the API refuses to be told twice", async () => {
    api.refuseReuse();
    await told(second);
    await told(second);
    assert.equal(api.users.get("shop"), second);
  });

  it("asks for nothing behind the request where facts have no login", async () => {
    await told(second, { verify: "none" });
    assert.deepEqual(
      api.seen.map(({ method }) => method),
      ["PUT"],
    );
  });

  it("sends a form", async () => {
    const { request } = facts();
    await told(second, { request: { ...request, json: undefined, form: { password: "${password}" } } });
    assert.equal(api.users.get("shop"), second);
  });

  it("gives the value before where the API asks for it", async () => {
    const changes = {
      request: {
        url: `${api.url}/me/password`,
        json: { old: "${previousPassword}", password: "${password}", user: "${username}" },
        authentication: "none",
        expect: [204],
      },
    };
    await told(second, changes, "shop", first);
    assert.equal(api.users.get("shop"), second);
    await told(second, changes, "shop", first);
    await told(second, changes);
    assert.deepEqual(await refusal(told(first, changes)), {
      problem: "it has to be given the value before, which the state does not keep",
      fix: "set the new value there by hand (docs/rotation.md#by-hand), or let its request do without ${previousPassword} (targets.registry)",
      isTold: false,
    });
  });

  it("says that the administrator is refused, that nobody is there, and what else it answers", async () => {
    const wrong = await refusal(
      tell({ target: specOf(facts()), administrator: "wrong", login: { username: "shop", password: second } }),
    );
    assert.deepEqual(wrong, {
      problem: "it answers 401: it does not accept what administrator logs in with",
      fix: `pulumi config set --secret targetPasswords '{"registry":"<password of administrator>"}' (with those of all other targets: the value is replaced as a whole)`,
      isTold: false,
    });
    assert.deepEqual(await refusal(told(second, {}, "nobody")), {
      problem: "it answers 404: it has nothing at /users/${username}/password",
      fix: "create the account there, or correct targets.registry.request.url",
      isTold: false,
    });
    const { request } = facts();
    assert.deepEqual(await refusal(told("abc", { request: { ...request, expect: [204, 205] } })), {
      problem: "it answers PUT /users/${username}/password with 422, and 204 or 205 says that it was done",
      fix: "correct targets.registry.request, or say that 422 is right: pulumi config set --path 'targets.registry.request.expect[2]' 422",
      isTold: false,
    });
    assert.equal(api.users.get("shop"), first);
  });

  it("shows nothing of an answer, which quotes what was sent", async () => {
    const { problem, fix } = await refusal(told("xyz"));
    assert.ok(api.seen.length > 0 && !`${problem}${fix}`.includes("xyz"));
  });

  it("says so where the API has the new password and lets nobody log in with it", async () => {
    api.ban("shop");
    assert.deepEqual(await refusal(told(second)), {
      problem: "it has the new password of shop, and refuses a login with it",
      fix: "let the account log in from here, or correct targets.registry.verify",
      isTold: true,
    });
  });

  it("sends no value to where a redirect leads", async () => {
    const { request } = facts();
    const answer = await refusal(told(second, { request: { ...request, url: `${api.url}/moved` } }));
    assert.deepEqual(answer, {
      problem: "it answers 308 and leads elsewhere, and values are sent to no other place than facts name",
      fix: "correct the URL of targets.registry",
      isTold: false,
    });
  });

  it("says where it looked for an API that can't be reached", async () => {
    await api.stop();
    assert.deepEqual(await refusal(told(second)), {
      problem: `connect ECONNREFUSED 127.0.0.1:${api.port}`,
      fix: `let the deployer reach 127.0.0.1:${api.port}, or correct targets.registry`,
      isTold: false,
    });
  });

  it("examines by the request of facts, or else by whether the API answers", async () => {
    const examined = (changes: object, password = administrator, account = "shop") =>
      examine({ target: specOf(facts(changes)), administrator: password, account });
    const own = { examine: { url: `${api.url}/users/\${username}`, authentication: "bearer" } };
    await examined({});
    await examined(own);
    assert.deepEqual(
      api.seen.map(({ method, path }) => `${method} ${path}`),
      ["GET /", "GET /users/shop"],
    );
    assert.match((await refusal(examined(own, "wrong"))).problem, /^it answers 401/);
    assert.equal(
      (await refusal(examined(own, administrator, "nobody"))).problem,
      "it answers 404: it has nothing at /users/${username}",
    );
    assert.equal(api.users.get("shop"), first);
  });
});

describe("an HTTP API over TLS", () => {
  it("is trusted by the authority that facts name, and no other", async () => {
    const [own, other] = [await selfSigned("localhost"), await selfSigned("localhost")];
    const api = await startPasswordApi({ administrator, users: { shop: first } }, { identity: own });
    try {
      const url = `https://localhost:${api.port}`;
      const target = (caBundle?: string) =>
        specOf({
          ...(caBundle === undefined ? {} : { caBundle }),
          request: {
            url: `${url}/users/\${username}/password`,
            json: { password: "${password}" },
            authentication: "bearer",
          },
          verify: { url: `${url}/me` },
        });
      const login = { username: "shop", password: second };
      await tell({ target: target(own.certificate), administrator, login });
      assert.equal(api.users.get("shop"), second);
      for (const bundle of [other.certificate, undefined]) {
        const answer = await refusal(
          tell({ target: target(bundle), administrator, login: { ...login, password: first } }),
        );
        assert.match(answer.problem, /^its certificate is not trusted: self-signed certificate$/);
        assert.equal(
          answer.fix,
          "give targets.registry.caBundle the authority that signed it, and its URL a name that it has",
        );
      }
      assert.equal(api.users.get("shop"), second);
    } finally {
      await api.stop();
    }
  });

  it("is refused where it speaks none, before anything is sent", async () => {
    const api = await startPasswordApi({ administrator, users: { shop: first } });
    try {
      const url = `https://127.0.0.1:${api.port}`;
      const target = specOf({ request: { url, json: "${password}" }, verify: "none" });
      const answer = await refusal(tell({ target, administrator, login: { username: "shop", password: second } }));
      assert.deepEqual(answer, {
        problem: "it does not speak TLS",
        fix: "switch TLS on there, or allow clear text with an http:// URL and pulumi config set --path 'targets.registry.tls' off",
        isTold: false,
      });
      assert.deepEqual(api.seen, []);
    } finally {
      await api.stop();
    }
  });
});
