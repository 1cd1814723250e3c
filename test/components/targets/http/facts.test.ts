import assert from "node:assert/strict";
import { targetFacts } from "../../../../components/targets/kinds.ts";

const request = { url: "https://api.example/users/${username}", json: { password: "${password}" } };
const verify = { url: "https://api.example/me" };

/** What is wrong with facts, by their path. */
function problems(facts: object): readonly string[] {
  const found = targetFacts.safeParse({ kind: "http", request, verify, ...facts });
  return (found.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("facts of an HTTP API", () => {
  it("are a request, and one that logs in", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ verify: "none" }), []);
    assert.deepEqual(
      problems({
        request: {
          ...request,
          method: "POST",
          headers: { "PRIVATE-TOKEN": "${administratorPassword}" },
          authentication: "none",
          expect: [204],
        },
        verify: { ...verify, method: "POST", form: { u: "${username}", p: "${password}" } },
        examine: { url: "https://api.example/users/${username}?fields=name" },
      }),
      [],
    );
  });

  it("have no value of a secret in a URL, which logs would keep", () => {
    const message =
      "request.url: has a secret value, which logs of servers and proxies would keep: let it stand in json, form or a header";
    for (const name of ["password", "previousPassword", "administratorPassword"]) {
      assert.deepEqual(problems({ request: { ...request, url: `https://api.example/?p=\${${name}}` } }), [message]);
    }
    assert.deepEqual(problems({ request: { ...request, url: "https://api.example/${password|uri}" } }), [message]);
  });

  it("have no password of their own", () => {
    for (const name of ["Authorization", "authorization", "Proxy-Authorization", "Cookie"]) {
      assert.deepEqual(problems({ request: { ...request, headers: { [name]: "Basic abc" } } }), [
        `request.headers.${name}: is no header of facts, which everybody can read: use authentication, or another header with \${administratorPassword}`,
      ]);
    }
    assert.match(
      problems({ request: { ...request, url: "https://root:secret@api.example/" } }).join(),
      /must have no user name or password before the host/,
    );
    assert.deepEqual(problems({ request: { ...request, headers: { Host: "other" } } }), [
      "request.headers.Host: is a header that the program itself sends",
    ]);
  });

  it("send nothing in clear unless they say so", () => {
    const clear = {
      request: { ...request, url: "http://api.example/" },
      verify: { url: "http://api.example/me" },
    };
    assert.deepEqual(problems(clear), [
      "request.url: must be https, or tls must be off: passwords would be sent in clear",
      "verify.url: must be https, or tls must be off: passwords would be sent in clear",
    ]);
    assert.deepEqual(problems({ ...clear, tls: "off" }), []);
    assert.deepEqual(problems({ tls: "off", verify: "none" }), [
      "tls: can't be off where a URL is https (request.url)",
    ]);
  });

  it("send credentials to one host", () => {
    assert.deepEqual(problems({ verify: { url: "https://api.example:8443/me" } }), [
      "verify.url: must have the host of request.url: credentials are sent to one place",
    ]);
    assert.deepEqual(problems({ request: { ...request, url: "https://${username}.example/" } }).slice(0, 1), [
      "request.url: must name its host without a placeholder",
    ]);
  });

  it("name the values that there are, each where it can be", () => {
    assert.deepEqual(problems({ request: { ...request, json: { password: "${password}", a: ["${secret}"] } } }), [
      "request.json: has a placeholder that is none of ${username}, ${password}, ${previousPassword}, ${administratorPassword}",
    ]);
    assert.deepEqual(problems({ request: { ...request, json: { password: "${password|uri}" } } }).length > 0, true);
    assert.deepEqual(problems({ request: { ...request, json: {} } }), [
      "request: names ${password} nowhere: the new value would not reach the API",
    ]);
    assert.deepEqual(problems({ verify: { ...verify, json: "${administratorPassword}" } }), [
      "verify: logs in with ${username} and ${password} alone",
    ]);
    assert.deepEqual(problems({ examine: { ...verify, json: "${password}" } }), [
      "examine: is sent with no value of a secret: ${username} and ${administratorPassword} are all that it may name",
    ]);
    assert.deepEqual(problems({ request: { ...request, form: {} } }), [
      "request.form: can't be set beside json: a request has one body",
    ]);
  });

  it("verify what asks for the value before, since an interrupted run leaves it open which is right", () => {
    const asking = { request: { ...request, json: ["${previousPassword}", "${password}"] }, verify: "none" };
    assert.deepEqual(problems(asking), [
      "verify: must be a request where request has ${previousPassword}: a run that was interrupted finds out by it which one is right",
    ]);
  });
});
