import assert from "node:assert/strict";
import fc from "fast-check";
import { renderRequest } from "../../../../components/targets/http/request.ts";
import type { RequestSpec } from "../../../../components/targets/http/spec.ts";
import { TargetError } from "../../../../components/targets/kind.ts";

const spec: RequestSpec = { method: "PUT", url: "https://api.example/me", headers: {}, authentication: "none" };
const sender = { username: "root", password: "secret" };
const value = fc.string({ unit: "grapheme", maxLength: 40 });

describe("a request of facts with its values", () => {
  it("has each as JSON has it, wherever it stands in a text", () => {
    const password = `"}, {"admin": "yes\\ \n\u2028`;
    const request = renderRequest(
      {
        ...spec,
        json: {
          user: { name: "${username}" },
          secrets: ["${password}", "a ${password} b", 1, true, null],
          note: "$${password}",
        },
      },
      { username: "shop", password },
      sender,
    );
    assert.deepEqual(request.headers, { "Content-Type": "application/json" });
    assert.deepEqual(JSON.parse(request.body ?? ""), {
      user: { name: "shop" },
      secrets: [password, `a ${password} b`, 1, true, null],
      note: "${password}",
    });
  });

  it("has any value as JSON and as a form, and no other", () => {
    fc.assert(
      fc.property(value, value, (username, password) => {
        const json = renderRequest(
          { ...spec, json: { u: "${username}", p: "${password}" } },
          { username, password },
          sender,
        );
        assert.deepEqual(JSON.parse(json.body ?? ""), { u: username, p: password });
        const form = renderRequest(
          { ...spec, form: { u: "${username}", p: "${password}" } },
          { username, password },
          sender,
        );
        const read = new URLSearchParams(form.body);
        assert.deepEqual([...read.entries()], [...new URLSearchParams({ u: username, p: password }).entries()]);
        assert.equal([...read.keys()].length, 2);
      }),
    );
  });

  it("has a name in a URL that leads nowhere else", () => {
    fc.assert(
      fc.property(
        value.filter((name) => !/^\.{0,2}$/.test(name)),
        (username) => {
          const { url } = renderRequest(
            { ...spec, url: "https://api.example/users/${username}/password?name=${username}" },
            { username },
            sender,
          );
          assert.equal(url.host, "api.example");
          assert.deepEqual(url.pathname.split("/").length, 4);
          assert.equal(decodeURIComponent(url.pathname.split("/")[2] ?? ""), username);
          assert.equal(url.searchParams.get("name"), username);
        },
      ),
    );
  });

  it("refuses a name that a URL would take for the folder above", () => {
    const render = () =>
      renderRequest({ ...spec, url: "https://api.example/users/${username}" }, { username: ".." }, sender);
    assert.throws(render, { message: "an account whose name is nothing but dots has no URL of its own" });
  });

  it("proves who sends it, by name and password or by a token", () => {
    const headersOf = (authentication: RequestSpec["authentication"]) =>
      renderRequest({ ...spec, authentication }, {}, sender).headers;
    assert.deepEqual(
      [headersOf("basic"), headersOf("bearer"), headersOf("none")],
      [{ Authorization: "Basic cm9vdDpzZWNyZXQ=" }, { Authorization: "Bearer secret" }, {}],
    );
  });

  it("has a value in a header, and refuses one that would begin another", () => {
    const render = (administratorPassword: string) =>
      renderRequest({ ...spec, headers: { "X-Token": "${administratorPassword}" } }, { administratorPassword }, sender);
    assert.deepEqual(render("abc").headers, { "X-Token": "abc" });
    for (const bad of ["a\r\nX-Admin: yes", "ü", " a", ""]) {
      assert.throws(
        () => render(bad),
        (error: unknown) =>
          error instanceof TargetError &&
          error.message === "the value of header X-Token has characters that no header can carry",
      );
    }
  });
});
