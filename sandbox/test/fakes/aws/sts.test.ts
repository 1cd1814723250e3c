import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DEPLOYER } from "../../../fakes/aws/account.ts";
import type { AwsCall, Input } from "../../../fakes/aws/call.ts";
import type { OidcProvider, Role } from "../../../fakes/aws/iam.ts";
import type { Statement } from "../../../fakes/aws/policy.ts";
import { type Session, Sessions } from "../../../fakes/aws/sessions.ts";
import { answerSts } from "../../../fakes/aws/sts.ts";
import { type ServiceAccountVerifier, TokenRefused } from "../../../fakes/support/tokens.ts";
import { aCall, anIam, aRole, refusal } from "./scene.ts";

const ISSUER = "https://127.0.0.1:16443";
const provider: OidcProvider = {
  arn: "arn:aws:iam::123456789012:oidc-provider/127.0.0.1:16443",
  url: "127.0.0.1:16443",
  clientIds: ["sts.amazonaws.com"],
};
const trust: Statement = {
  Effect: "Allow",
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: provider.arn },
  Condition: {
    StringEquals: {
      "127.0.0.1:16443:sub": "system:serviceaccount:shop:reader",
      "127.0.0.1:16443:aud": "sts.amazonaws.com",
    },
  },
};
const reader = aRole("reader", [trust]);
const claims = {
  ...{ issuer: ISSUER, subject: "system:serviceaccount:shop:reader", audiences: ["sts.amazonaws.com"] },
  ...{ expiresAt: 0, namespace: "shop", serviceAccount: "reader" },
};
const taken: ServiceAccountVerifier = () => Promise.resolve(claims);

describe("STS of the fake AWS", () => {
  let folder = "";
  let now = 1_000_000;
  let opened: Sessions[] = [];
  const open = async () => {
    const sessions = await Sessions.open(folder, () => now);
    opened.push(sessions);
    return sessions;
  };
  beforeEach(async () => {
    now = 1_000_000;
    folder = await mkdtemp(path.join(tmpdir(), "sts-"));
  });
  afterEach(async () => {
    await Promise.all(opened.map((sessions) => sessions.saved()));
    opened = [];
    await rm(folder, { recursive: true, force: true });
  });

  async function exchange(
    parts: { roles?: readonly Role[]; providers?: readonly OidcProvider[]; verify?: ServiceAccountVerifier } = {},
    input: Input = {},
  ): Promise<string> {
    const { roles = [reader], providers = [provider], verify = taken } = parts;
    const asked = { RoleArn: reader.arn, RoleSessionName: "eso", WebIdentityToken: "secret-token", ...input };
    const call = aCall("sts", "AssumeRoleWithWebIdentity", asked);
    const answer = await answerSts(call, { iam: anIam(roles, providers), sessions: await open(), verify });
    return answer.body.toString();
  }

  describe("exchanging a service account's token", () => {
    it("gives credentials of the role for an hour", async () => {
      const body = await exchange();
      assert.match(body, /<AccessKeyId>ASIA[0-9A-F]{16}<\/AccessKeyId>/);
      assert.match(body, /<Expiration>1970-01-01T01:16:40\.000Z<\/Expiration>/);
      assert.ok(body.includes("<Arn>arn:aws:sts::123456789012:assumed-role/reader/eso</Arn>"));
      assert.ok(!body.includes("secret-token"));
    });

    const denied = ["AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity"];
    const change = (Condition: NonNullable<Statement["Condition"]>) => aRole("reader", [{ ...trust, Condition }]);

    it("refuses another subject, another audience in the trust policy, and a role that there is not, all alike", async () => {
      const sub = change({ StringEquals: { "127.0.0.1:16443:sub": "system:serviceaccount:shop:other" } });
      assert.deepEqual(await refusal(exchange({ roles: [sub] })), denied);
      const aud = change({ StringEquals: { "127.0.0.1:16443:aud": "vault" } });
      assert.deepEqual(await refusal(exchange({ roles: [aud] })), denied);
      assert.deepEqual(await refusal(exchange({ roles: [] })), denied);
    });

    it("refuses a role that trusts another provider, or another way in", async () => {
      const other = aRole("reader", [{ ...trust, Principal: { Federated: `${provider.arn}/x` } }]);
      assert.deepEqual(await refusal(exchange({ roles: [other] })), denied);
      const action = aRole("reader", [{ ...trust, Action: "sts:AssumeRole" }]);
      assert.deepEqual(await refusal(exchange({ roles: [action] })), denied);
    });

    it("refuses an audience that the provider does not list", async () => {
      const providers = [{ ...provider, clientIds: ["other"] }];
      assert.deepEqual(await refusal(exchange({ providers })), [
        "InvalidIdentityToken",
        400,
        "Incorrect token audience",
      ]);
    });

    it("refuses an issuer without a provider", async () => {
      const none = `No OpenIDConnect provider found in your account for ${ISSUER}`;
      assert.deepEqual(await refusal(exchange({ providers: [] })), ["InvalidIdentityToken", 400, none]);
    });

    const refused = (reason: TokenRefused["reason"], issuer = ISSUER): ServiceAccountVerifier => {
      return () => Promise.reject(new TokenRefused(reason, "x", { issuer, audiences: [] }));
    };

    it("says that it cannot get the keys of an issuer that is not the sandbox's", async () => {
      const providers = [provider, { ...provider, url: "elsewhere", arn: "x" }];
      const got = await refusal(exchange({ providers, verify: refused("issuer", "https://elsewhere") }));
      assert.equal(got[0], "InvalidIdentityToken");
      assert.match(got[2], /^Couldn't retrieve verification key from your identity provider/);
    });

    it("refuses an expired token, a forged one, and what is none", async () => {
      assert.equal((await refusal(exchange({ verify: refused("expired") })))[0], "ExpiredTokenException");
      assert.equal((await refusal(exchange({ verify: refused("signature") })))[2], "Token signature invalid");
      assert.match(
        (await refusal(exchange({ verify: refused("malformed") })))[2],
        /^The ID Token provided is not a valid JWT/,
      );
    });

    it("refuses a session longer than the role allows", async () => {
      assert.deepEqual(await refusal(exchange({}, { DurationSeconds: "3601" })), [
        "ValidationError",
        400,
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      ]);
    });
  });

  describe("assuming a role from another one", () => {
    const controller = aRole("controller", []);
    const toStore: Statement = {
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Principal: { AWS: controller.arn },
    };

    async function assume(store: Role, tags: Record<string, string> = {}, from: Role = controller): Promise<string> {
      const sessions = await open();
      const session = await sessions.start({
        ...{ role: from, sessionName: "pod", seconds: 3600, tags, transitive: Object.keys(tags) },
      });
      const call = aCall("sts", "AssumeRole", { RoleArn: store.arn, RoleSessionName: "eso" }, as(session));
      const parts = { iam: anIam([from, store]), sessions, verify: taken };
      return (await answerSts(call, parts)).body.toString();
    }

    it("works where the trust policy names it", async () => {
      assert.match(await assume(aRole("store", [toStore])), /assumed-role\/store\/eso/);
    });

    it("needs sts:TagSession for tags that are handed on", async () => {
      const store = aRole("store", [{ ...toStore, Action: "sts:AssumeRole" }]);
      assert.match(await assume(store), /assumed-role\/store\/eso/);
      assert.deepEqual(await refusal(assume(store, { "kubernetes-namespace": "external-secrets" })), [
        "AccessDenied",
        403,
        "User: arn:aws:sts::123456789012:assumed-role/controller/pod is not authorized to perform: sts:TagSession on resource: arn:aws:iam::123456789012:role/store",
      ]);
    });

    it("needs a right of its own where the trust policy names only the account", async () => {
      const store = aRole("store", [{ ...toStore, Principal: { AWS: "arn:aws:iam::123456789012:root" } }]);
      assert.equal((await refusal(assume(store)))[0], "AccessDenied");
      const allowed = aRole("controller", [], [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: store.arn }]);
      assert.match(await assume(store, {}, allowed), /assumed-role\/store\/eso/);
    });

    it("is refused where the trust policy names somebody else", async () => {
      const store = aRole("store", [{ ...toStore, Principal: { AWS: `${controller.arn}2` } }]);
      assert.equal((await refusal(assume(store)))[0], "AccessDenied");
    });
  });

  describe("knowing the caller", () => {
    const session = async (sessions: Sessions) => sessions.start({ role: reader, sessionName: "eso", seconds: 900 });
    const whoIs = async (sessions: Sessions, more: Partial<AwsCall>): Promise<string> => {
      const parts = { iam: anIam([]), sessions, verify: taken };
      return (await answerSts(aCall("sts", "GetCallerIdentity", {}, more), parts)).body.toString();
    };

    it("by the access key, across a restart, in a file for the user only", async () => {
      const sessions = await open();
      const credentials = await session(sessions);
      await sessions.saved();
      const file = path.join(folder, "sessions.json");
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.ok((await readFile(file, "utf8")).includes(credentials.accessKeyId));
      assert.match(await whoIs(await open(), as(credentials)), /assumed-role\/reader\/eso/);
      assert.match(await whoIs(sessions, { accessKeyId: DEPLOYER.accessKeyId }), /user\/deployer/);
    });

    it("refuses an unknown key, a key with another token, none at all, and an expired one", async () => {
      const sessions = await open();
      const credentials = await session(sessions);
      const invalid = ["InvalidClientTokenId", 403, "The security token included in the request is invalid."];
      assert.deepEqual(await refusal(whoIs(sessions, { accessKeyId: "AKIAUNKNOWN" })), invalid);
      assert.deepEqual(await refusal(whoIs(sessions, { ...as(credentials), sessionToken: "x" })), invalid);
      assert.equal((await refusal(whoIs(sessions, {})))[0], "MissingAuthenticationToken");
      now += 900_001;
      assert.equal((await refusal(whoIs(sessions, as(credentials))))[0], "ExpiredToken");
      const json = aCall("ssm", "GetParameter", {}, as(credentials));
      assert.throws(() => sessions.callerOf(json), { code: "ExpiredTokenException", status: 400 });
    });
  });

  function as({ accessKeyId, token }: Session): Partial<AwsCall> {
    return { accessKeyId, sessionToken: token };
  }
});
