import assert from "node:assert/strict";
import { literal, password } from "../../../components/values/recipe.ts";
import { backendOf } from "../../../components/backends/index.ts";
import { environment, refusal, refusalOf } from "../../support/fixtures.ts";
import { up } from "../../support/stack.ts";

const issuer = "https://issuer.example/main";
const account = { region: "us-east-1", accountId: "111122223333" };
const parameters = { kind: "aws-parameter-store", ...account };
const secrets = { kind: "aws-secrets-manager", ...account };
const vpc = (service: string) => `https://vpce-1-2.${service}.us-east-1.vpce.amazonaws.com`;
const release = "kubernetes:helm.sh/v3:Release";

/** Facts of a stack whose namespaces read these stores, in one cluster. */
function reading(stores: Readonly<Record<string, object>>, externalSecrets: object = {}, cluster: object = {}) {
  const names = Object.keys(stores);
  return {
    platform: "acme",
    created: "2026-01-31",
    stores,
    clusters: {
      main: { flavour: "kubeconfig", issuer, externalSecrets: { version: "2.9.0", ...externalSecrets }, ...cluster },
    },
    namespaces: Object.fromEntries(
      names.map((name, index) => [["shop", "till"][index] ?? name, { cluster: "main", store: name }]),
    ),
  };
}
const catalogue = (namespaces: readonly string[]) => ({
  shop: {
    secrets: { db: { keys: { username: literal("shop"), password: password() } } },
    deliveries: namespaces.map((namespace) => ({ namespace, secretName: "shop-db", from: ["db"] as const })),
  },
});
const deployed = (stores: Readonly<Record<string, object>>, externalSecrets: object = {}) =>
  up({
    facts: reading(stores, externalSecrets),
    catalogue: catalogue(["shop", "till"].slice(0, Object.keys(stores).length)),
    secret: {},
  });
const refused = (stores: Readonly<Record<string, object>>, externalSecrets: object = {}, cluster: object = {}) =>
  refusalOf({
    facts: reading(stores, externalSecrets, cluster),
    catalogue: catalogue(["shop", "till"].slice(0, Object.keys(stores).length)),
  });

describe("endpoints of stores on AWS", () => {
  it("are the program's in its provider, and the operator's among its variables", async () => {
    const store = {
      ...secrets,
      endpoints: { secretsmanager: vpc("secretsmanager"), sts: vpc("sts"), iam: "https://iam.example" },
      clusterEndpoints: { secretsmanager: vpc("secretsmanager"), sts: vpc("sts") },
      fips: true,
    };
    const { resources } = await deployed({ aws: store });
    const { inputs } = resources.find("pulumi:providers:aws", "aws");
    assert.deepEqual(JSON.parse(String(inputs["endpoints"])), [
      { secretsmanager: vpc("secretsmanager"), sts: vpc("sts"), iam: "https://iam.example" },
    ]);
    assert.equal(inputs["useFipsEndpoint"], "true");
    const [name = ""] = resources.names(release);
    const values = resources.find(release, name).inputs["values"] as { readonly extraEnv?: unknown };
    assert.deepEqual(values.extraEnv, [
      { name: "AWS_SECRETSMANAGER_ENDPOINT", value: vpc("secretsmanager") },
      { name: "AWS_STS_ENDPOINT", value: vpc("sts") },
      { name: "AWS_USE_FIPS_ENDPOINT", value: "true" },
    ]);
  });

  it("stand beside a proxy and other variables of the operator", async () => {
    const { resources } = await deployed(
      { aws: { ...parameters, clusterEndpoints: { ssm: vpc("ssm") } } },
      { proxy: { url: "http://proxy.example:3128" }, values: { extraEnv: [{ name: "TZ", value: "UTC" }] } },
    );
    const [name = ""] = resources.names(release);
    const { extraEnv } = resources.find(release, name).inputs["values"] as {
      readonly extraEnv: readonly { readonly name: string }[];
    };
    assert.deepEqual(
      extraEnv.map((each) => each.name),
      ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "AWS_SSM_ENDPOINT", "TZ"],
    );
  });

  it("are the usual ones where facts say nothing of them", async () => {
    const { resources } = await deployed({ aws: secrets });
    const { inputs } = resources.find("pulumi:providers:aws", "aws");
    assert.ok(!("endpoints" in inputs) && !("useFipsEndpoint" in inputs));
    const [name = ""] = resources.names(release);
    assert.ok(!("extraEnv" in (resources.find(release, name).inputs["values"] as object)));
  });

  it("are let out by the operator's network policy", () => {
    const store = { ...parameters, clusterEndpoints: { ssm: "https://ssm.example:8443" } };
    const spec = environment({ facts: reading({ aws: store }), catalogue: catalogue(["shop"]) }).stores.get("aws");
    assert.ok(spec !== undefined);
    assert.deepEqual(backendOf(spec).ports(spec), [443, 8443]);
  });

  it("are one for each service that an operator calls, however many stores it reads", async () => {
    const own = { ...secrets, clusterEndpoints: { secretsmanager: vpc("secretsmanager") } };
    // Services that only one of the two has differ in nothing.
    await deployed({ aws: own, other: { ...parameters, clusterEndpoints: { ssm: vpc("ssm") } } });
    const message = (other: object) => refused({ aws: own, other: { ...secrets, region: "us-west-2", ...other } });
    const expected = (names: string) =>
      refusal(
        1,
        `  stores.other: must have the clusterEndpoints and fips of store aws: one operator reads both in cluster main, and knows one ${names}`,
      );
    assert.equal(message({}), expected("AWS_SECRETSMANAGER_ENDPOINT"));
    assert.equal(
      message({ clusterEndpoints: { secretsmanager: vpc("secretsmanager"), sts: vpc("sts") }, fips: true }),
      expected("AWS_STS_ENDPOINT, AWS_USE_FIPS_ENDPOINT"),
    );
  });

  for (const [what, externalSecrets, cluster] of [
    ["an operator of others", { install: false }, {}],
    ["Red Hat's operator", {}, { flavour: "openshift", manager: "operator-lifecycle-manager" }],
  ] as const) {
    it(`are refused for ${what}, whose variables nobody sets here`, () => {
      assert.equal(
        refused({ aws: { ...secrets, fips: true } }, externalSecrets, cluster),
        refusal(
          1,
          "  stores.aws: has clusterEndpoints or fips, which reach the operator as variables of its process, and that of cluster main is not installed here by its chart",
          "    fix: whoever installs it sets AWS_USE_FIPS_ENDPOINT=true; leave both facts out here",
        ),
      );
    });
  }

  it("are not set a second time, by values of the chart", () => {
    const values = { extraEnv: [{ name: "AWS_STS_ENDPOINT", value: vpc("sts") }] };
    assert.equal(
      refused({ aws: secrets }, { values }),
      refusal(
        1,
        "  clusters.main.externalSecrets.values.extraEnv[0].name: must not set AWS_STS_ENDPOINT: use the fact clusterEndpoints of the store",
      ),
    );
  });

  it("have validated cryptography only where AWS has such", () => {
    assert.equal(
      refused({ aws: { ...secrets, region: "eu-central-1", fips: true } }),
      refusal(
        1,
        "  stores.aws.fips: must be left out in eu-central-1: AWS has FIPS endpoints of these services in the United States and in Canada only",
        "    fix: pulumi config rm --path 'stores.aws.fips'",
      ),
    );
  });

  it("don't reach Pods that mount files", () => {
    const store = { ...secrets, clusterEndpoints: { sts: vpc("sts") } };
    const facts = { ...reading({ aws: store }, {}, { secretsStoreCsi: {} }), via: "csi" };
    assert.equal(
      refusalOf({ facts, catalogue: catalogue(["shop"]) }),
      refusal(
        1,
        "  stores.aws.clusterEndpoints: does not reach Pods of cluster main: the driver's provider for AWS is told no endpoints by a SecretProviderClass",
        "    fix: deliver via external-secret, or use the usual endpoints: pulumi config rm --path 'stores.aws.clusterEndpoints'",
      ),
    );
  });
});
