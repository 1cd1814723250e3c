import assert from "node:assert/strict";
import { canary, leftOf, problems, read, shown } from "./reading.ts";

const base = `resources: [db.yaml, https://example.com/x]
generatorOptions: { labels: { team: a } }
secretGenerator:
  - name: app
    literals: ["JWT=abc=", 'QUOTED="in quotes"', PLAIN='x']
    files: [tls.key, cert=certs/tls.crt]
    envs: [app.env]
    type: Opaque
    options: { disableNameSuffixHash: true }
`;
const files = {
  "base/kustomization.yaml": base,
  "base/db.yaml": "apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData: { password: p }\n",
  "base/tls.key": "KEY\n",
  "base/certs/tls.crt": "CERT",
  "base/app.env": '# c\n\nA="kept"\r\nB=x#y $z\n',
};

describe("a kustomization", () => {
  it("gives what its generators make, by the rules of Kustomize, and what its resources hold", async () => {
    const found = await read(files, { sources: ["base"] });
    assert.deepEqual(problems(found), []);
    assert.deepEqual(shown(found), [
      "?/db password = p",
      "?/app JWT = abc=",
      "?/app QUOTED = in quotes",
      "?/app PLAIN = x",
      "?/app tls.key = KEY\n",
      "?/app cert = CERT",
      '?/app A = "kept"',
      "?/app B = x#y $z",
    ]);
    assert.deepEqual(found.secrets[1]?.target, { name: "app", labels: { team: "a" }, isApplied: true });
    assert.deepEqual(leftOf(found), [
      "base/kustomization.yaml: resource https://example.com/x: is remote, and not read",
    ]);
  });

  it("of an overlay changes its base: keys, namespace, prefix", async () => {
    const overlay =
      "namespace: shop\nnamePrefix: dev-\nresources: [../base]\nsecretGenerator:\n  - { name: app, behavior: merge, literals: [JWT=new, MORE=1] }\n";
    const found = await read(
      { ...files, "overlay/kustomization.yml": overlay },
      { sources: ["overlay/kustomization.yml"] },
    );
    assert.deepEqual(problems(found), []);
    const all = shown(found);
    assert.deepEqual(
      all.filter((each) => / (JWT|MORE|cert) /.test(each)),
      ["shop/dev-app cert = CERT", "shop/dev-app JWT = new", "shop/dev-app MORE = 1"],
    );
    assert.ok(all.includes("shop/dev-db password = p"));
    const replaced = await read(
      { ...files, "overlay/kustomization.yaml": overlay.replace("merge", "replace") },
      { sources: ["overlay"] },
    );
    assert.deepEqual(
      shown(replaced).filter((each) => each.includes("dev-app")),
      ["shop/dev-app JWT = new", "shop/dev-app MORE = 1"],
    );
  });

  it("with a hash in names says that the cluster's Secret is another", async () => {
    const found = await read(
      { "k/kustomization.yaml": "secretGenerator: [{ name: app, literals: [a=b] }]\n" },
      { sources: ["k"] },
    );
    assert.equal(found.secrets[0]?.target?.isApplied, false);
    assert.match(found.secrets[0]?.notes[0] ?? "", /app-<hash>/);
  });

  it("is refused with every problem at once, and without a value", async () => {
    const found = await read(
      {
        "k/kustomization.yaml": `resources: [gone, ../k]
secretGenerator:
  - literals: [a=b]
  - name: app
    literals: ["${canary}", a=1, a=2]
    files: [../outside, missing]
    envs: [bad.env]
`,
        "k/bad.env": `OK=1\nFROM_ENVIRONMENT\n=${canary}\n`,
      },
      { sources: ["k"] },
    );
    assert.deepEqual(problems(found), [
      "k/kustomization.yaml: names the resource gone, which does not exist",
      "k/kustomization.yaml: is a resource of itself",
      "k/kustomization.yaml, line 3, column 5: is a generator without a name",
      "k/kustomization.yaml, line 5, column 16: must be a text of the form key=value",
      "k/kustomization.yaml, line 6, column 13: names a file outside the folder of its kustomization, which Kustomize does not read",
      "k/kustomization.yaml, line 6, column 25: names missing, which can't be read",
      "k/bad.env, line 2, column 1: is no line of the form NAME=value",
      "k/bad.env, line 3, column 1: is no line of the form NAME=value",
      "k/kustomization.yaml, line 5, column 38: sets key a of app a second time, which Kustomize refuses",
    ]);
    assert.ok(!JSON.stringify(found).includes(canary));
  });
});
