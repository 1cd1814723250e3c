import assert from "node:assert/strict";
import { examineTarget, tellTarget } from "../../../components/targets/kinds.ts";
import { cachingSha2Hash, hashOf } from "../../../components/targets/mysql/hashes.ts";
import { sha256Crypt } from "../../../components/targets/mysql/sha256-crypt.ts";
import type { MysqlSpec } from "../../../components/targets/mysql/spec.ts";
import { startMariaDb, type MariaDbServer } from "../../support/mariadb.ts";
import { refusal } from "../../support/refused-target.ts";
import { selfSigned } from "../../support/self-signed.ts";

const [first, second] = ["first-value-7d1f", "second-value-e3a9"] as const;

describe("hashes of MySQL", () => {
  it("are what glibc's crypt makes", () => {
    // python3 -c "import crypt; print(crypt.crypt('Hello world!', '$5$saltstring'))"
    assert.equal(
      sha256Crypt(Buffer.from("Hello world!"), Buffer.from("saltstring"), 5000),
      "5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
    );
  });

  it("of caching_sha2_password are those of hashcat's example, mode 7401", () => {
    const salt = Buffer.from("F9CC98CE08892924F50A213B6BC571A2C11778C5", "hex");
    const digest = Buffer.from(
      "625479393559393965414D45316477456B484F41316E64484742577A2E3162785353526B7554584647562F",
      "hex",
    );
    assert.equal(cachingSha2Hash("hashcat", salt), `$A$005$${salt.toString("latin1")}${digest.toString()}`);
  });

  it("of caching_sha2_password are text with a salt of its own", () => {
    const hash = () => hashOf("caching_sha2_password", first) ?? "";
    assert.match(hash(), /^\$A\$005\$[./0-9A-Za-z]{63}$/);
    assert.notEqual(hash(), hash());
  });

  it("of other plugins are not known", () => {
    assert.equal(hashOf("ed25519", first), undefined);
    assert.equal(hashOf("constructor", first), undefined);
  });
});

describe("telling MariaDB a password", () => {
  let server: MariaDbServer;
  let target: MysqlSpec;
  const odd = `odd 'name"\\`;
  before(async function () {
    const started = await startMariaDb();
    if ("missing" in started) {
      console.log(`    MariaDB: ${started.missing}`);
      return this.skip();
    }
    server = started;
    await server.run(
      "CREATE USER `odd 'name\"\\`@'%' IDENTIFIED BY 'x'",
      "CREATE USER shop@'%' IDENTIFIED BY 'x'",
      "CREATE USER plain@'%' IDENTIFIED BY 'plain-password'",
      "GRANT SELECT ON mysql.global_priv TO plain@'%'",
      "CREATE USER blind@'%' IDENTIFIED BY 'blind-password'",
      "CREATE USER elsewhere@'10.%' IDENTIFIED BY 'x'",
      "CREATE USER locked@'%' IDENTIFIED BY 'x' ACCOUNT LOCK",
      "CREATE USER either@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('x') OR mysql_old_password",
      "CREATE USER old@'%' IDENTIFIED VIA mysql_old_password",
      "CREATE USER rotator@'%' IDENTIFIED BY 'rotator-password'",
      "GRANT CREATE USER ON *.* TO rotator@'%'",
      "GRANT SELECT ON mysql.global_priv TO rotator@'%'",
      "CREATE ROLE clerks",
    );
    target = {
      kind: "mysql",
      name: "main",
      host: "127.0.0.1",
      port: server.port,
      administrator: "rotator",
      accountHost: "%",
      tls: "off",
    };
  });
  // Where there is no server, nothing was started.
  after(() => (server as MariaDbServer | undefined)?.remove());

  const tell = (username: string, password: string, changes: Partial<MysqlSpec> = {}, administrator?: string) =>
    tellTarget({
      target: { ...target, ...changes },
      administrator: administrator ?? "rotator-password",
      login: { username, password },
    });
  const examine = (account: string, changes: Partial<MysqlSpec> = {}, administrator?: string) =>
    examineTarget({ ...target, ...changes }, administrator ?? "rotator-password", account);

  it("makes the new one work and the old one fail, whatever the account is called, and can be repeated", async () => {
    await tell(odd, first);
    await server.logIn({ user: odd, password: first });
    await tell(odd, second);
    await tell(odd, second);
    await server.logIn({ user: odd, password: second });
    await assert.rejects(server.logIn({ user: odd, password: first }), { errno: 1045 });
  });

  it("takes a password with quotation marks and backslashes", async () => {
    const password = String.raw`it's "a" \password\ of $$ and %s`;
    await tell("shop", password);
    await server.logIn({ user: "shop", password });
  });

  it("shows the password to no log of the server, which has the statement", async () => {
    await tell("shop", second);
    const log = await server.log();
    assert.match(log, /ALTER USER 'shop'@'%' IDENTIFIED VIA mysql_native_password USING '\*[0-9A-F]{40}'/);
    assert.ok(!log.includes(second));
  });

  it("leaves what else the account may and must do", async () => {
    await server.run("ALTER USER shop@'%' WITH MAX_USER_CONNECTIONS 7");
    await tell("shop", first);
    await server.run(
      "SELECT 1/(JSON_VALUE(Priv, '$.max_user_connections') = 7) FROM mysql.global_priv WHERE User = 'shop'",
    );
    await server.logIn({ user: "shop", password: first });
  });

  it("sets the password of an account of other places, which can't log in from here", async () => {
    await tell("elsewhere", second, { accountHost: "10.%" });
    assert.match(await server.log(), /ALTER USER 'elsewhere'@'10\.%' IDENTIFIED VIA/);
  });

  it("refuses an account that is not there, is elsewhere, is locked, or logs in by other means, and changes none", async () => {
    const before = await server.log();
    const names = ["nobody", "clerks", "elsewhere", "locked", "either", "old"];
    const refusals = [];
    for (const name of names) refusals.push(await refusal(tell(name, second)));
    assert.deepEqual(
      refusals.map(({ problem, fix }) => [problem, fix]),
      [
        ["there is no account 'nobody'@'%'", "create it, with the rights that it needs: CREATE USER 'nobody'@'%'"],
        ["there is no account 'clerks'@'%'", "create it, with the rights that it needs: CREATE USER 'clerks'@'%'"],
        [
          "there is no account 'elsewhere'@'%'; elsewhere is one at 10.%",
          "name where the account's clients are: pulumi config set --path 'targets.main.accountHost' 10.%",
        ],
        ["account 'locked'@'%' is locked", "ALTER USER 'locked'@'%' ACCOUNT UNLOCK"],
        [
          "account 'either'@'%' may log in in several ways, and a new password would leave it this one alone",
          "let it log in by mysql_native_password alone, or name another account in the secret",
        ],
        [
          "account 'old'@'%' logs in by mysql_old_password, which takes no password in a form that this program knows (mysql_native_password, caching_sha2_password)",
          "ALTER USER 'old'@'%' IDENTIFIED VIA mysql_native_password",
        ],
      ],
    );
    assert.ok(!(await server.log()).slice(before.length).includes("ALTER USER"));
  });

  it("says that the administrator's password is wrong, and how to set it", async () => {
    assert.deepEqual(await refusal(tell("shop", second, {}, "wrong")), {
      problem:
        "the administrator's password is wrong: Access denied for user 'rotator'@'127.0.0.1' (using password: YES)",
      fix: `pulumi config set --secret targetPasswords '{"main":"<password of rotator>"}' (with those of all other targets: the value is replaced as a whole)`,
      isTold: false,
    });
    await server.logIn({ user: "shop", password: first });
  });

  it("says that the administrator may not read accounts, or not set passwords, when it is told and when it is examined", async () => {
    const fix = (name: string) =>
      `give ${name} CREATE USER on *.* and SELECT on the table of accounts (docs/rotation.md#mysql-and-mariadb), or name another account: targets.main.administrator`;
    const wanted = [
      {
        problem:
          "the administrator may not do this: Access denied; you need (at least one of) the CREATE USER privilege(s) for this operation",
        fix: fix("plain"),
        isTold: false,
      },
      {
        problem:
          "the administrator may not do this: SELECT command denied to user 'blind'@'127.0.0.1' for table `mysql`.`global_priv`",
        fix: fix("blind"),
        isTold: false,
      },
    ];
    for (const work of [
      (name: string) => tell("shop", second, { administrator: name }, `${name}-password`),
      (name: string) => examine("shop", { administrator: name }, `${name}-password`),
    ]) {
      assert.deepEqual([await refusal(work("plain")), await refusal(work("blind"))], wanted);
    }
    await server.logIn({ user: "shop", password: first });
  });

  it("says where it looked for a server that can't be reached", async () => {
    const { problem, fix } = await refusal(tell("shop", second, { port: 1 }));
    assert.equal(problem, "connect ECONNREFUSED 127.0.0.1:1");
    assert.equal(fix, "let the deployer reach 127.0.0.1 on port 1, or correct targets.main");
  });

  it("refuses a server without TLS unless facts allow it, before it sends anything", async () => {
    const { fix } = await refusal(tell("shop", second, { tls: "verify" }));
    assert.equal(fix, "switch TLS on there, or allow clear text: pulumi config set --path 'targets.main.tls' off");
    await server.logIn({ user: "shop", password: first });
  });

  it("says so where the server has the new password and lets nobody log in with it", async () => {
    // An account of a more exact host comes first, with another password.
    await server.run("CREATE USER twice@'%' IDENTIFIED BY 'x'", "CREATE USER twice@'127.0.0.1' IDENTIFIED BY 'y'");
    const { problem, fix, isTold } = await refusal(tell("twice", second));
    assert.equal(
      problem,
      "the server has the new password of account twice, and a login with it fails: Access denied for user 'twice'@'127.0.0.1' (using password: YES)",
    );
    assert.equal(
      fix,
      "let the account log in from here (an account of a more exact host comes first), or say where its clients are: pulumi config set --path 'targets.main.accountHost' '<host>'",
    );
    assert.equal(isTold, true);
  });

  it("is found able beforehand, and the account keeps its password", async () => {
    await examine("shop");
    await server.logIn({ user: "shop", password: first });
    assert.equal((await refusal(examine("nobody"))).problem, "there is no account 'nobody'@'%'");
    assert.match((await refusal(examine("old"))).problem, /^account 'old'@'%' logs in by mysql_old_password/);
  });

  it("trusts a server by the authority that facts name, under its name or address, and no other", async () => {
    const [own, other] = [await selfSigned("localhost"), await selfSigned("localhost")];
    await server.stop();
    await server.start(own);
    const verified = { tls: "verify", host: "localhost" } as const;
    await tell("shop", second, { ...verified, caBundle: own.certificate });
    await server.logIn({ user: "shop", password: second });
    const untrusted = await refusal(tell("shop", first, { ...verified, caBundle: other.certificate }));
    assert.equal(untrusted.problem, "its certificate is not trusted: self-signed certificate");
    const unnamed = await refusal(tell("shop", first, verified));
    assert.equal(unnamed.problem, "its certificate is not trusted: self-signed certificate");
    assert.equal(
      untrusted.fix,
      "give targets.main.caBundle the authority that signed it, and targets.main.host a name that it has",
    );
    const elsewhere = await refusal(tell("shop", first, { tls: "verify", caBundle: own.certificate }));
    assert.match(
      elsewhere.problem,
      /^its certificate is not trusted: Hostname\/IP does not match certificate's altnames/,
    );
    await server.logIn({ user: "shop", password: second });
  });
});
