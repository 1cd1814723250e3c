import assert from "node:assert/strict";
import { connect } from "node:net";
import { once } from "node:events";
import { createServer, type Server } from "node:tls";
import { examineTarget, retireAtTarget, tellTarget } from "../../../components/targets/kinds.ts";
import { passwordHash, passwordRules } from "../../../components/targets/redis/passwords.ts";
import type { RedisSpec } from "../../../components/targets/redis/spec.ts";
import { refusal } from "../../support/refused-target.ts";
import { selfSigned } from "../../support/self-signed.ts";
import { startValkey, type ValkeyServer } from "../../support/valkey.ts";

const [first, second, third] = ["first-value-7d1f", "second-value-e3a9", "third-value-04bc"] as const;

describe("the passwords of a user of Redis", () => {
  const [a, b, c] = [passwordHash(first), passwordHash(second), passwordHash(third)];

  it("are the new one and the one in use, and none of earlier rotations", () => {
    assert.deepEqual(passwordRules({ held: [a, b], password: third, inUse: [second] }), [`#${c}`, `!${a}`]);
  });

  it("keep the one in use where a rotation was given up for another one", () => {
    assert.deepEqual(passwordRules({ held: [a, b], password: third, inUse: [first] }), [`#${c}`, `!${b}`]);
  });

  it("keep all of which any may be in use", () => {
    assert.deepEqual(passwordRules({ held: [a, b], password: third, inUse: [first, second] }), [`#${c}`]);
  });

  it("keep the newest where nothing says which one is in use", () => {
    assert.deepEqual(passwordRules({ held: [a, b], password: third, inUse: [] }), [`#${c}`, `!${a}`]);
  });

  it("stay as they are when they are told again", () => {
    assert.deepEqual(passwordRules({ held: [b, c], password: third, inUse: [second] }), []);
    assert.deepEqual(passwordRules({ held: [b, c], password: third, inUse: [] }), []);
  });

  it("get none that the user does not have, but the new one", () => {
    assert.deepEqual(passwordRules({ held: [], password: third, inUse: [second] }), [`#${c}`]);
  });
});

describe("telling Valkey a password", () => {
  let server: ValkeyServer;
  let target: RedisSpec;
  let secure: Server | undefined;
  before(async function () {
    const started = await startValkey();
    if ("missing" in started) {
      console.log(`    Valkey: ${started.missing}`);
      return this.skip();
    }
    server = started;
    await server.run(
      ["ACL", "SETUSER", "shop", "on", ">" + first, "~shop:*", "+@read"],
      ["ACL", "SETUSER", "idle", ">" + first],
      ["ACL", "SETUSER", "open", "on", "nopass"],
      ["ACL", "SETUSER", "rotator", "on", ">rotator-password", "+acl|getuser", "+acl|setuser", "+acl|save"],
      ["ACL", "SETUSER", "plain", "on", ">plain-password", "+acl|getuser"],
      ["ACL", "SETUSER", "careless", "on", ">careless-password", "+acl|getuser", "+acl|setuser"],
    );
    target = {
      kind: "redis",
      name: "cache",
      host: "127.0.0.1",
      port: server.port,
      replicas: [],
      administrator: "rotator",
      tls: "off",
    };
  });
  // Where there is no server, nothing was started.
  after(() => (server as ValkeyServer | undefined)?.remove());
  after(() => secure?.close());

  it("removes the password before once it is retired, again and again, and leaves the new one", async () => {
    await server.run(["ACL", "SETUSER", "cart", "on", ">" + first, "~cart:*", "+@read"]);
    const administrator = "rotator-password";
    const login = { username: "cart", password: second };
    await tellTarget({ target, administrator, login, inUse: [first] });
    await server.logIn({ user: "cart", password: first });
    for (const _ of [1, 2]) await retireAtTarget({ target, administrator, login });
    await assert.rejects(server.logIn({ user: "cart", password: first }), /WRONGPASS/);
    await server.logIn({ user: "cart", password: second });
    await server.stop();
    await server.start();
    await assert.rejects(server.logIn({ user: "cart", password: first }), /WRONGPASS/);
    await server.logIn({ user: "cart", password: second });
  });

  it("gives a server the verified password that it has lost, before it removes the others", async () => {
    await server.run(["ACL", "SETUSER", "lost", "on", ">" + first]);
    const login = { username: "lost", password: second };
    await retireAtTarget({ target, administrator: "rotator-password", login });
    await server.logIn({ user: "lost", password: second });
    await assert.rejects(server.logIn({ user: "lost", password: first }), /WRONGPASS/);
  });

  interface Told {
    readonly password: string;
    readonly username?: string;
    readonly inUse?: string;
    readonly administrator?: string;
    readonly changes?: Partial<RedisSpec>;
  }
  const tell = ({ password, username = "shop", inUse, administrator = "rotator-password", changes = {} }: Told) =>
    tellTarget({
      target: { ...target, ...changes },
      administrator,
      login: { username, password },
      inUse: inUse === undefined ? [] : [inUse],
    });
  const accepted = async (username = "shop") => {
    const logins = [first, second, third].map(async (password) =>
      server.logIn({ user: username, password }).then(
        () => [password],
        () => [],
      ),
    );
    return (await Promise.all(logins)).flat();
  };

  it("makes the new one work beside the one in use, and can be repeated", async () => {
    await tell({ password: second, inUse: first });
    await tell({ password: second, inUse: first });
    assert.deepEqual(await accepted(), [first, second]);
  });

  it("ends the one before at the next rotation", async () => {
    await tell({ password: third, inUse: second });
    assert.deepEqual(await accepted(), [second, third]);
  });

  it("leaves what the user may do", async () => {
    const answer = JSON.stringify(await server.run(["ACL", "GETUSER", "shop"]));
    assert.match(answer, /"keys","~shop:\*"/);
    assert.match(answer, /"-@all \+@read"/);
  });

  it("is kept through a restart, and no password is in a log or in the file of users", async () => {
    await server.stop();
    await server.start();
    assert.deepEqual(await accepted(), [second, third]);
    const written = await server.written();
    assert.ok(written.includes(passwordHash(third)));
    for (const password of [second, third, "rotator-password"]) assert.ok(!written.includes(password));
  });

  it("takes a password with spaces, quotation marks and backslashes", async () => {
    const password = String.raw`it's "a" \password\ of $$ and >x`;
    await tell({ password, inUse: third });
    await server.logIn({ user: "shop", password });
    await tell({ password: third, inUse: password });
    await tell({ password: second, inUse: third });
    assert.deepEqual(await accepted(), [second, third]);
  });

  it("refuses a user that is not there, is off, or needs no password, and changes nothing", async () => {
    const before = await server.run(["ACL", "LIST"]);
    const refusals = [];
    for (const username of ["nobody", "idle", "open"])
      refusals.push(await refusal(tell({ password: second, username })));
    assert.deepEqual(refusals, [
      {
        problem: "there is no user nobody",
        fix: "create it, with the rights that it needs: ACL SETUSER nobody on",
        isTold: false,
      },
      { problem: "user idle is off", fix: "ACL SETUSER idle on", isTold: false },
      {
        problem: "user open needs no password, and its clients may send none",
        fix: "let it need one: ACL SETUSER open resetpass",
        isTold: false,
      },
    ]);
    assert.deepEqual(await server.run(["ACL", "LIST"]), before);
  });

  it("says that the administrator's password is wrong, and how to set it", async () => {
    assert.deepEqual(await refusal(tell({ password: first, administrator: "wrong" })), {
      problem: "the administrator's password is wrong: WRONGPASS invalid username-password pair or user is disabled.",
      fix: `pulumi config set --secret targetPasswords '{"cache":"<password of rotator>"}' (with those of all other targets: the value is replaced as a whole)`,
      isTold: false,
    });
  });

  it("says that the administrator may not set passwords, when it is told and when it is examined", async () => {
    const plain = { administrator: "plain" } as const;
    const wanted = {
      problem:
        "the administrator may not do this: NOPERM User plain has no permissions to run the 'acl|setuser' command",
      fix: "give plain +acl|getuser +acl|setuser +acl|save, or name another user: targets.cache.administrator",
      isTold: false,
    };
    assert.deepEqual(await refusal(tell({ password: first, administrator: "plain-password", changes: plain })), wanted);
    assert.deepEqual(await refusal(examineTarget({ ...target, ...plain }, "plain-password", "shop")), wanted);
    assert.deepEqual(await accepted(), [second, third]);
  });

  it("says so where the server would lose it at a restart", async () => {
    const telling = tell({
      password: third,
      inUse: second,
      administrator: "careless-password",
      changes: { administrator: "careless" },
    });
    assert.deepEqual(await refusal(telling), {
      problem:
        "the server has the new password and would lose it at a restart: NOPERM User careless has no permissions to run the 'acl|save' command",
      fix: "let the administrator and the server write its file of users (ACL SAVE, aclfile)",
      isTold: true,
    });
  });

  it("is found able beforehand, and the user stays as it is", async () => {
    const before = await server.run(["ACL", "LIST"]);
    await examineTarget(target, "rotator-password", "shop");
    assert.equal(
      (await refusal(examineTarget(target, "rotator-password", "nobody"))).problem,
      "there is no user nobody",
    );
    assert.deepEqual(await server.run(["ACL", "LIST"]), before);
  });

  it("says where it looked for a server that can't be reached, and which of several it is", async () => {
    const { problem, fix } = await refusal(tell({ password: first, changes: { port: 1 } }));
    assert.equal(problem, "connect ECONNREFUSED 127.0.0.1:1");
    assert.equal(fix, "let the deployer reach 127.0.0.1 on port 1, or correct targets.cache");
    const second = await refusal(tell({ password: third, changes: { replicas: ["127.0.0.2"] } }));
    assert.match(second.problem, /^127\.0\.0\.2: connect ECONNREFUSED 127\.0\.0\.2:/);
  });

  it("refuses a server without TLS unless facts allow it", async () => {
    const { problem, fix } = await refusal(tell({ password: first, changes: { tls: "verify" } }));
    assert.equal(problem, "nobody answers in TLS within 10 seconds");
    assert.equal(fix, "switch TLS on there, or allow clear text: pulumi config set --path 'targets.cache.tls' off");
  });

  it("trusts a server by the authority that facts name, and no other", async () => {
    const [own, other] = [await selfSigned("localhost"), await selfSigned("localhost")];
    // The package's binary has no TLS of its own.
    secure = createServer({ cert: own.certificate, key: own.key }, (client) => {
      const behind = connect(server.port, "127.0.0.1");
      for (const each of [client, behind]) each.on("error", () => undefined);
      client.pipe(behind).pipe(client);
    }).listen(0, "127.0.0.1");
    await once(secure, "listening");
    const address = secure.address();
    assert.ok(typeof address === "object" && address !== null);
    const verified = { tls: "verify", host: "localhost", port: address.port } as const;
    await tell({ password: third, inUse: second, changes: { ...verified, caBundle: own.certificate } });
    const { problem, fix } = await refusal(
      tell({ password: first, changes: { ...verified, caBundle: other.certificate } }),
    );
    assert.equal(problem, "its certificate is not trusted: self-signed certificate");
    assert.equal(
      fix,
      "give targets.cache.caBundle the authority that signed it, and targets.cache.host a name that it has",
    );
    const elsewhere = await refusal(
      tell({ password: first, changes: { ...verified, host: "127.0.0.1", caBundle: own.certificate } }),
    );
    assert.match(
      elsewhere.problem,
      /^its certificate is not trusted: Hostname\/IP does not match certificate's altnames/,
    );
  });
});
