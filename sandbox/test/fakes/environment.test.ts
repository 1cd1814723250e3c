import assert from "node:assert/strict";
import { cloudEnvironment, operatorEnvironment } from "../../fakes/environment.ts";

const clouds = { gateway: "http://127.0.0.1:1", health: "http://127.0.0.1:2", certificate: "/ca.crt" };

describe("the environment of programs that use the fake clouds", () => {
  it("is empty where there are none", () => {
    assert.deepEqual(cloudEnvironment({}), {});
  });

  it("sends everything through the gateway but the platform itself, in both spellings, and names each deployer", () => {
    const environment = cloudEnvironment({ clouds });
    for (const name of ["HTTPS_PROXY", "https_proxy"]) assert.equal(environment[name], clouds.gateway);
    for (const name of ["NO_PROXY", "no_proxy"]) assert.equal(environment[name], "127.0.0.1,localhost");
    for (const name of ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]) assert.equal(environment[name], "/ca.crt");
    assert.equal(environment["AWS_REGION"], "eu-central-1");
    for (const name of ["AWS_ACCESS_KEY_ID", "ARM_CLIENT_SECRET", "GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_PROJECT"]) {
      assert.notEqual(environment[name], undefined, name);
    }
  });

  it("gives the operator the agent of its node, and no deployer's rights", () => {
    const environment = operatorEnvironment(clouds, "/token");
    assert.equal(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], "http://127.0.0.1:2/v1/credentials");
    assert.equal(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], "/token");
    assert.deepEqual(
      Object.keys(environment).filter((name) => /ACCESS_KEY|ARM_|GOOGLE/.test(name)),
      [],
    );
  });
});
