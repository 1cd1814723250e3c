import assert from "node:assert/strict";
import { literal, password, providedOptionally, template } from "../../../../components/values/recipe.ts";
import { catalogueOf, deliveriesIn, environment, facts, issuesOf } from "../../../support/fixtures.ts";

const uri = "pg://${user}:${password|uri}@${fact:dbHost}:${fact:dbPort}/shop";
const keys = { user: literal("shop"), password: password(), uri: template(uri) };
const catalogue = catalogueOf(keys);
const output = { stack: "acme/network/test", output: "dbHost" };
const withFacts = (templateFacts: unknown, more: object = {}) => ({
  catalogue,
  facts: { ...facts, templateFacts, ...more },
});
const textOf = (changes: Parameters<typeof environment>[0]) => {
  const recipe = environment(changes).secrets[0]?.keys["uri"];
  return recipe?.kind === "template" ? recipe.text : assert.fail("no template");
};

describe("facts in templates", () => {
  it("are written into the templates that name them, numbers as text", () => {
    const resolved = environment(withFacts({ dbHost: "db.test.example", dbPort: 5432 }));
    assert.equal(
      textOf(withFacts({ dbHost: "db.test.example", dbPort: 5432 })),
      "pg://${user}:${password|uri}@db.test.example:5432/shop",
    );
    assert.equal(resolved.stackOutputs.size, 0);
  });

  it("of other stacks stay placeholders, and the environment says which it needs", () => {
    const changes = withFacts({ dbHost: output, dbPort: 5432 });
    assert.equal(textOf(changes), "pg://${user}:${password|uri}@${fact:dbHost}:5432/shop");
    assert.deepEqual([...environment(changes).stackOutputs], [["dbHost", output]]);
  });

  it("may be all that a template names, and may stand in several", () => {
    const both = catalogueOf({ ...keys, host: template("${fact:dbHost}") });
    const { secrets } = environment({ ...withFacts({ dbHost: "h", dbPort: 1 }), catalogue: both });
    assert.deepEqual(secrets[0]?.keys["host"], template("h"));
  });

  it("that are missing are told with the templates that name them and the command that sets them", () => {
    assert.deepEqual(issuesOf(withFacts({ dbPort: 5432 })), [
      {
        path: "templateFacts.dbHost",
        problem: "is missing: catalogue.shop.secrets.db.keys.uri names it",
        fix: "pulumi config set --path 'templateFacts.dbHost' <value>",
      },
    ]);
  });

  it("that no template names are told with those that are named", () => {
    assert.deepEqual(issuesOf(withFacts({ dbHost: "h", dbPort: 1, region: "eu" })), [
      {
        path: "templateFacts.region",
        problem: "no template of the applications that run here names it; they name dbHost, dbPort",
        fix: "pulumi config rm --path 'templateFacts.region'",
      },
    ]);
  });

  it("that are misspelt are one problem, and not a missing fact besides", () => {
    assert.deepEqual(issuesOf(withFacts({ dbhots: "h", dbPort: 1 })), [
      {
        path: "templateFacts.dbhots",
        problem: "no template of the applications that run here names it; did you mean dbHost?",
        fix: "rename it to dbHost",
      },
    ]);
  });

  it("are not needed by a key that is absent here, nor refused because of that", () => {
    const optional = catalogueOf({
      ...keys,
      token: providedOptionally("shopToken"),
      uri: template(`\${token}@${uri}`),
    });
    assert.deepEqual(issuesOf({ catalogue: optional }), []);
    assert.deepEqual(issuesOf({ ...withFacts({ dbHost: "h", dbPort: 1 }), catalogue: optional }), []);
  });

  it("are not needed by a secret that somebody else makes", () => {
    const referenced = { reference: { "shop/db": true } };
    assert.deepEqual(issuesOf(withFacts({}, referenced)), []);
    assert.deepEqual(environment(withFacts({ dbHost: output, dbPort: 1 }, referenced)).stackOutputs.size, 0);
  });

  it("are needed by a secret that somebody else makes in one of its stores only, and by none that others make in all", () => {
    const two = (references: object) => ({
      stores: {
        vault: { ...facts.stores.vault, references: { "shop/db": true } },
        second: { ...facts.stores.vault, mount: "second", auth: { mountPaths: { edge: "edge" } }, ...references },
      },
      clusters: { ...facts.clusters, edge: { ...facts.clusters.main, kubeconfig: "edge.kubeconfig" } },
      namespaces: { shop: { clusters: { main: { store: "vault" }, edge: { store: "second" } } } },
    });
    const missing = ["templateFacts.dbHost", "templateFacts.dbPort"];
    assert.deepEqual(
      issuesOf(withFacts({}, two({}))).map(({ path }) => path),
      missing,
    );
    const given = withFacts({ dbHost: output, dbPort: output }, two({ references: { "shop/db": true } }));
    assert.deepEqual(issuesOf(withFacts({}, two({ references: { "shop/db": true } }))), []);
    assert.equal(environment(given).stackOutputs.size, 0);
    assert.equal(environment(withFacts({ dbHost: output, dbPort: 1 }, two({}))).stackOutputs.size, 1);
  });

  it("must be texts, whole numbers or outputs of stacks that are named in full; no value is shown", () => {
    const canary = "hunter2-9c1f";
    const problems = (value: unknown) =>
      issuesOf(withFacts({ dbHost: value, dbPort: 1 })).map(({ path, problem }) => `${path}: ${problem}`);
    const one = (value: unknown, start: string, part = "") => {
      const [problem = "", ...others] = problems(value);
      assert.deepEqual(others, []);
      assert.ok(problem.startsWith(`templateFacts.dbHost${part}: ${start}`), problem);
      assert.ok(!problem.includes(canary), problem);
    };
    one("", "must not be empty");
    one(1.5, "must be a whole number, or a text: other numbers in quotation marks");
    one(true, "must be a text, a whole number, or an output of another stack");
    one([canary], "must be a text, a whole number, or an output of another stack");
    one(null, "must be a text, a whole number, or an output of another stack");
    one({ stack: "test", output: "dbHost" }, "must name a stack in full: <organization>/<project>/<stack>", ".stack");
    one({ stack: "acme/network/test" }, "is missing: must name an output of the stack", ".output");
    one({ stack: "acme/network/test", output: "" }, "must name an output of the stack", ".output");
    assert.deepEqual(problems({ ...output, value: canary }), [
      "templateFacts.dbHost.value: is no key that is read here; there are output, stack",
    ]);
    one("a\0b", "must be Unicode text without NUL characters");
  });

  it("of another stack can't be generated in a cluster, and given ones can", () => {
    const generated = {
      clusters: { main: { flavour: "kubeconfig", externalSecrets: { version: "2.9.0", pushSecrets: true } } },
      generatedInCluster: { "shop/db": "main" },
    };
    const plain = catalogueOf({ ...keys, uri: template("pg://${password}@${fact:dbHost}:${fact:dbPort}") });
    assert.deepEqual(issuesOf({ ...withFacts({ dbHost: "h", dbPort: 1 }, generated), catalogue: plain }), []);
    assert.deepEqual(issuesOf({ ...withFacts({ dbHost: output, dbPort: 1 }, generated), catalogue: plain }), [
      {
        path: 'generatedInCluster["shop/db"]',
        problem: 'key "uri" names fact "dbHost", an output of another stack, which only this program reads',
        fix: "give the fact its value in templateFacts, or let this program generate the secret",
      },
    ]);
  });

  it("count where a Secret must be JSON, and where a store reads braces", () => {
    const json = catalogueOf({
      ".dockerconfigjson": template('{"auths":{"${fact:registry|json}":{"auth":"${password}","port":${fact:port}}}}'),
      password: password(),
    });
    const shop = json["shop"];
    const typed = {
      shop: {
        secrets: shop?.secrets ?? {},
        deliveries: [
          {
            namespace: "shop",
            secretName: "shop-db",
            from: [{ secret: "db", keys: { ".dockerconfigjson": ".dockerconfigjson" } }],
            type: "kubernetes.io/dockerconfigjson",
          },
        ],
      },
    };
    const registry = { stack: "acme/network/test", output: "registry" };
    const port = { stack: "acme/network/test", output: "port" };
    assert.deepEqual(issuesOf({ ...withFacts({ registry, port }), catalogue: typed }), []);
    assert.equal(issuesOf({ ...withFacts({ registry: "r", port: "}" }), catalogue: typed }).length, 1);
  });
});

describe("facts in templates of a Secret", () => {
  const place = 'catalogue.shop.deliveries["shop/shop-db"].templates';
  const composed = (templates: Readonly<Record<string, string>>) => ({
    shop: {
      secrets: {
        db: { keys: { user: literal("shop"), password: password(), token: providedOptionally("shopToken") } },
      },
      deliveries: [{ namespace: "shop", secretName: "shop-db", from: ["db"], templates }],
    },
  });
  const dsn = "pg://${db/user|uri}:${db/password|uri}@${fact:dbHost|uri}:${fact:dbPort}/{{shop}}";
  const problems = (templates: Readonly<Record<string, string>>, templateFacts: unknown, more: object = {}) =>
    issuesOf({ catalogue: composed(templates), facts: { ...facts, templateFacts, ...more } });

  it("are written into the text that the operator gets, and are no placeholder there", () => {
    const resolved = environment({
      catalogue: composed({ DSN: dsn }),
      facts: { ...facts, templateFacts: { dbHost: "${db/password}", dbPort: 5432 } },
    });
    const [delivery] = deliveriesIn(resolved);
    assert.deepEqual(
      delivery?.templates?.map(({ key, text, sources }) => ({ key, text, sources: Object.keys(sources) })),
      [
        {
          key: "DSN",
          text: "pg://${db/user|uri}:${db/password|uri}@%24%7Bdb%2Fpassword%7D:5432/{{shop}}",
          sources: ["db/user", "db/password"],
        },
      ],
    );
  });

  it("keep the text of a fact that looks like a placeholder or an action", () => {
    const resolved = environment({
      catalogue: composed({ DSN: "${db/user}$${fact:dbHost}", RAW: "${db/user}@${fact:dbHost}" }),
      facts: { ...facts, templateFacts: { dbHost: "${db/password}" } },
    });
    assert.deepEqual(
      deliveriesIn(resolved)[0]?.templates?.map(({ text }) => text),
      ["${db/user}$${fact:dbHost}", "${db/user}@$${db/password}"],
    );
  });

  it("are missing, unused and misspelt like others", () => {
    assert.deepEqual(problems({ DSN: dsn }, { dbPort: 1, region: "eu" }), [
      {
        path: "templateFacts.dbHost",
        problem: `is missing: ${place}.DSN names it`,
        fix: "pulumi config set --path 'templateFacts.dbHost' <value>",
      },
      {
        path: "templateFacts.region",
        problem: "no template of the applications that run here names it; they name dbHost, dbPort",
        fix: "pulumi config rm --path 'templateFacts.region'",
      },
    ]);
    assert.deepEqual(problems({ DSN: "${db/token}@${fact:dbHost}" }, {}), []);
    assert.deepEqual(problems({ DSN: "${db/token}@${fact:dbHost}" }, { dbHost: "h" }), []);
  });

  it("are as good for a secret that somebody else makes", () => {
    assert.deepEqual(
      problems(
        { DSN: dsn },
        { dbHost: "h", dbPort: 1 },
        {
          stores: { vault: { ...facts.stores.vault, references: { "shop/db": true } } },
        },
      ),
      [],
    );
  });

  it("that are outputs of other stacks are refused: the operator's objects can be read by others", () => {
    assert.deepEqual(problems({ DSN: dsn }, { dbHost: output, dbPort: 1 }), [
      {
        path: `${place}.DSN`,
        problem: `names fact "dbHost", an output of another stack, which may be secret: everybody who reads the operator's objects sees its templates`,
        fix: "give the fact its value (pulumi config set --path 'templateFacts.dbHost' <value>), or compose the value in a secret that this program makes, by template(…) among its keys",
      },
    ]);
  });

  it("alone make no template of a Secret", () => {
    assert.deepEqual(problems({ HOST: "${fact:dbHost}" }, { dbHost: "h" }), [
      {
        path: `${place}.HOST`,
        problem: "a template must name at least one key",
        fix: "name one as ${<secret>/<key>}, or make it a template(…) of a secret, which may name facts alone",
      },
    ]);
    assert.deepEqual(problems({ HOST: "${fact.dbHost}" }, {}), [
      {
        path: `${place}.HOST`,
        problem:
          '"${fact.dbHost}" names a key and no secret; allowed are ${<secret>/<key>} and the filters uri, json, base64, sha256',
        fix: "a fact is named as ${fact:dbHost}",
      },
    ]);
  });
});
