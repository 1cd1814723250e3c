import assert from "node:assert/strict";
import { examineTarget, tellTarget } from "../../../components/targets/kinds.ts";
import { scramVerifier } from "../../../components/targets/postgresql/scram.ts";
import type { PostgresqlSpec } from "../../../components/targets/postgresql/spec.ts";
import { startPostgres, type PostgresServer } from "../../support/postgres.ts";
import { refusal } from "../../support/refused-target.ts";
import { selfSigned } from "../../support/self-signed.ts";

const [first, second] = ["first-value-7d1f", "second-value-e3a9"] as const;

describe("a verifier of PostgreSQL", () => {
  it("is what RFC 7677 derives of its example", async () => {
    // The RFC's client proof and server signature follow from these two keys.
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
    assert.equal(
      await scramVerifier("pencil", { salt }),
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });

  it("has a salt of its own each time", async () => {
    assert.notEqual(await scramVerifier(first), await scramVerifier(first));
  });
});

describe("telling PostgreSQL a password", () => {
  let server: PostgresServer;
  let target: PostgresqlSpec;
  before(async () => {
    server = await startPostgres();
    await server.run(
      `CREATE ROLE "odd ""name" LOGIN PASSWORD '${first}'`,
      "CREATE ROLE idle",
      "CREATE ROLE clerk LOGIN",
    );
    await server.run("CREATE ROLE plain LOGIN PASSWORD 'plain-password'");
    target = {
      kind: "postgresql",
      name: "main",
      host: "127.0.0.1",
      port: server.port,
      database: "postgres",
      administrator: server.administrator.user,
      tls: "off",
    };
  });
  after(() => server.remove());

  const tell = (username: string, password: string, changes: Partial<PostgresqlSpec> = {}, administrator?: string) =>
    tellTarget({
      target: { ...target, ...changes },
      administrator: administrator ?? server.administrator.password,
      login: { username, password },
    });
  const odd = 'odd "name';

  it("makes the new one work and the old one fail, whatever the role is called", async () => {
    await tell(odd, second);
    await server.logIn({ user: odd, password: second });
    await assert.rejects(server.logIn({ user: odd, password: first }), { code: "28P01" });
  });

  it("can be repeated, as a run does that was interrupted", async () => {
    await tell(odd, second);
    await tell(odd, second);
    await server.logIn({ user: odd, password: second });
  });

  it("takes a password with quotation marks and backslashes", async () => {
    const password = String.raw`it's "a" \password\ of $$ and %s`;
    await tell(odd, password);
    await server.logIn({ user: odd, password });
  });

  it("shows the password to no log of the server, which has the statement", async () => {
    await tell(odd, second);
    assert.match(server.log(), /ALTER ROLE "odd ""name" PASSWORD 'SCRAM-SHA-256\$4096:/);
    assert.ok(!server.log().includes(second));
  });

  it("counts a login as right that is refused for another reason than the password", async () => {
    await server.run("ALTER ROLE clerk CONNECTION LIMIT 0");
    await tell("clerk", second);
    await assert.rejects(server.logIn({ user: "clerk", password: second }), { code: "53300" });
    await tell("clerk", first, { database: "postgres" });
    await assert.rejects(server.logIn({ user: "clerk", password: second }), { code: "28P01" });
  });

  it("refuses a role that is not there, that may not log in, or whose password has expired", async () => {
    await server.run("CREATE ROLE late LOGIN VALID UNTIL '2001-01-01'");
    assert.deepEqual(
      [await refusal(tell("nobody", second)), await refusal(tell("idle", second)), await refusal(tell("late", second))],
      [
        {
          problem: "there is no role nobody",
          fix: 'create it, with the rights that it needs: CREATE ROLE "nobody" LOGIN',
          isTold: false,
        },
        { problem: "role idle may not log in", fix: 'ALTER ROLE "idle" LOGIN', isTold: false },
        {
          problem: "the password of role late has expired",
          fix: `ALTER ROLE "late" VALID UNTIL 'infinity'`,
          isTold: false,
        },
      ],
    );
  });

  it("says that the administrator's password is wrong, and how to set it", async () => {
    assert.deepEqual(await refusal(tell(odd, first, {}, "wrong")), {
      problem: 'the administrator\'s password is wrong: password authentication failed for user "postgres"',
      fix: `pulumi config set --secret targetPasswords '{"main":"<password of postgres>"}' (with those of all other targets: the value is replaced as a whole)`,
      isTold: false,
    });
    await server.logIn({ user: odd, password: second });
  });

  it("says what sets the password of an administrator that is the login of a secret", async () => {
    assert.deepEqual(await refusal(tell(odd, first, { administratorSecret: "shop/owner" }, "wrong")), {
      problem: 'the administrator\'s password is wrong: password authentication failed for user "postgres"',
      fix: "set the password of postgres there, by hand, to that of shop/owner (docs/rotation.md#the-administrators-password)",
      isTold: false,
    });
  });

  it("says that the administrator may not set it", async () => {
    assert.deepEqual(await refusal(tell(odd, first, { administrator: "plain" }, "plain-password")), {
      problem: "the administrator may not do this: permission denied to alter role",
      fix: "give plain CREATEROLE and the ADMIN option on the role, or name another role: targets.main.administrator",
      isTold: false,
    });
  });

  it("says where it looked for a server that can't be reached", async () => {
    const { problem, fix } = await refusal(tell(odd, first, { port: 1 }));
    assert.equal(problem, "connect ECONNREFUSED 127.0.0.1:1");
    assert.equal(fix, "let the deployer reach 127.0.0.1 on port 1, or correct targets.main");
  });

  it("refuses a server without TLS unless facts allow it, before it sends anything", async () => {
    const { problem, fix } = await refusal(tell(odd, first, { tls: "verify" }));
    assert.equal(problem, "The server does not support SSL connections");
    assert.equal(fix, "switch TLS on there, or allow clear text: pulumi config set --path 'targets.main.tls' off");
    await server.logIn({ user: odd, password: second });
  });

  it("refuses characters that clients disagree about, before anything is changed", async () => {
    const { problem, isTold } = await refusal(tell(odd, "pässword"));
    assert.match(problem, /^the password has characters other than printable ASCII/);
    assert.equal(isTold, false);
    await server.logIn({ user: odd, password: second });
  });

  it("says so where the server has the new password and lets nobody log in with it", async () => {
    await server.run("CREATE ROLE banned LOGIN");
    await server.refuse("banned");
    const { problem, fix, isTold } = await refusal(tell("banned", second));
    assert.match(
      problem,
      /^the server has the new password of role banned, and a login with it fails: pg_hba\.conf rejects connection for host "127\.0\.0\.1", user "banned"/,
    );
    assert.equal(fix, "let the role log in from here (pg_hba.conf, or whatever stands between)");
    assert.equal(isTold, true);
  });

  describe("examined beforehand", () => {
    const examine = (account: string, changes: Partial<PostgresqlSpec> = {}, administrator?: string) =>
      examineTarget({ ...target, ...changes }, administrator ?? server.administrator.password, account);

    it("is found able, and keeps the password that it has", async () => {
      await tell(odd, second);
      await examine(odd);
      await server.logIn({ user: odd, password: second });
    });

    it("says what telling it would, of accounts, rights, passwords and places", async () => {
      assert.deepEqual(
        [
          await refusal(examine("nobody")),
          await refusal(examine(odd, { administrator: "plain" }, "plain-password")),
          await refusal(examine(odd, {}, "wrong")),
          await refusal(examine(odd, { port: 1 })),
        ].map(({ problem }) => problem),
        [
          "there is no role nobody",
          "the administrator may not do this: permission denied to alter role",
          'the administrator\'s password is wrong: password authentication failed for user "postgres"',
          "connect ECONNREFUSED 127.0.0.1:1",
        ],
      );
      await server.logIn({ user: odd, password: second });
    });
  });

  it("trusts a server by the authority that facts name, and no other", async () => {
    const [own, other] = [await selfSigned("localhost"), await selfSigned("localhost")];
    await server.useTls(own);
    const verified = { tls: "verify", host: "localhost" } as const;
    await tell(odd, first, { ...verified, caBundle: own.certificate });
    await server.logIn({ user: odd, password: first });
    const { problem, fix } = await refusal(tell(odd, second, { ...verified, caBundle: other.certificate }));
    assert.equal(problem, "its certificate is not trusted: self-signed certificate");
    assert.equal(
      fix,
      "give targets.main.caBundle the authority that signed it, and targets.main.host a name that it has",
    );
    const elsewhere = await refusal(tell(odd, second, { ...verified, host: "127.0.0.1", caBundle: own.certificate }));
    assert.match(
      elsewhere.problem,
      /^its certificate is not trusted: Hostname\/IP does not match certificate's altnames/,
    );
    await server.logIn({ user: odd, password: first });
  });
});
