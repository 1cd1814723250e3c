import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import { serviceAccountVerifier, TokenRefused } from "../../../fakes/support/tokens.ts";

const ISSUER = "https://127.0.0.1:16443";
const keys = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
const cluster = keys();
const verify = serviceAccountVerifier({ publicKeyPem: cluster.publicKey, issuer: ISSUER });
const now = Math.floor(Date.now() / 1000);
const valid = { iss: ISSUER, sub: "system:serviceaccount:shop:reader", aud: ["sts.amazonaws.com"], exp: now + 600 };

const sign = (payload: JWTPayload, privateKey = cluster.privateKey): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: "RS256" }).sign(createPrivateKey(privateKey));

async function refusal(token: string, audience: string | undefined = "sts.amazonaws.com"): Promise<string[]> {
  const error = await verify(token, audience).then(
    () => assert.fail("the token was taken"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TokenRefused);
  assert.ok(!error.message.includes(token));
  return [error.reason, error.message];
}

describe("verifying a service account token", () => {
  it("says who the token is of", async () => {
    assert.deepEqual(await verify(await sign(valid), "sts.amazonaws.com"), {
      issuer: ISSUER,
      subject: "system:serviceaccount:shop:reader",
      audiences: ["sts.amazonaws.com"],
      expiresAt: now + 600,
      namespace: "shop",
      serviceAccount: "reader",
    });
  });

  it("takes any audience when it is asked for none", async () => {
    assert.deepEqual((await verify(await sign({ ...valid, aud: ["other"] }), undefined)).audiences, ["other"]);
  });

  it("refuses another audience", async () => {
    assert.deepEqual(await refusal(await sign({ ...valid, aud: ["a", "b"] })), [
      "audience",
      "the token's audience is a, b, not sts.amazonaws.com",
    ]);
  });

  it("refuses another issuer, whoever signed", async () => {
    const token = await sign({ ...valid, iss: "https://elsewhere" }, keys().privateKey);
    assert.deepEqual(await refusal(token), ["issuer", `the token's issuer is https://elsewhere, not ${ISSUER}`]);
  });

  it("refuses a signature by another key", async () => {
    assert.deepEqual(await refusal(await sign(valid, keys().privateKey)), [
      "signature",
      "the token was not signed by the issuer's key",
    ]);
  });

  it("refuses a token that signs itself with the public key", async () => {
    const token = await new SignJWT(valid).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(cluster.publicKey));
    assert.deepEqual(await refusal(token), ["signature", "the token is not signed with RS256"]);
  });

  it("refuses an expired token", async () => {
    assert.deepEqual(await refusal(await sign({ ...valid, exp: now - 1 })), ["expired", "the token has expired"]);
  });

  it("refuses what never expires, what is no service account, and what is no token", async () => {
    const { exp: _, ...forever } = valid;
    assert.deepEqual((await refusal(await sign(forever)))[0], "malformed");
    assert.deepEqual(await refusal(await sign({ ...valid, sub: "system:node:a" })), [
      "malformed",
      "the token's subject is system:node:a, which is no service account",
    ]);
    assert.deepEqual(await refusal("secret-word"), ["malformed", "this is no JSON Web Token"]);
  });
});
