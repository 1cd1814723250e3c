import assert from "node:assert/strict";
import { kubernetesTypes } from "../../../../../components/delivery/secret-type.ts";
import {
  dockerConfig,
  literal,
  password,
  provided,
  template,
  type Recipe,
} from "../../../../../components/values/recipe.ts";
import type { CatalogueDelivery } from "../../../../../stacks/environments/catalogue-spec.ts";
import type { ResolveArgs } from "../../../../../stacks/config/resolve/environment.ts";
import { deliveriesIn, environment, refusal, refusalOf } from "../../../../support/fixtures.ts";

interface Scene {
  readonly keys?: Readonly<Record<string, Recipe>>;
  readonly merge?: boolean;
}

/** The valid environment with a Secret of this type and these keys. */
const withType = (type: unknown, { keys = { password: password() }, merge = false }: Scene = {}) => {
  const delivery = { namespace: "shop", secretName: "shop-db", from: ["db"], merge, type } as CatalogueDelivery;
  const shop = { secrets: { db: { keys } }, deliveries: [delivery] };
  return { catalogue: { shop }, secretKeys: new Set(["shopToken"]) } satisfies Partial<ResolveArgs>;
};
const typeIn = (args: Partial<ResolveArgs>) => deliveriesIn(environment(args))[0]?.type;
const at = '  catalogue.shop.deliveries["shop/shop-db"].type:';
const known =
  "Opaque, kubernetes.io/basic-auth, kubernetes.io/dockercfg, kubernetes.io/dockerconfigjson, kubernetes.io/ssh-auth, kubernetes.io/tls";

describe("the type of a delivery", () => {
  it("is not there where none is named", () => {
    assert.ok(!("type" in (deliveriesIn(environment())[0] ?? assert.fail())));
  });

  for (const type of [
    "Opaque",
    "example.com/own",
    "servicebinding.io/postgresql",
    "kubernetes.io/rbd",
    "a",
    "x".repeat(253),
  ]) {
    it(`may be any text, without any demand for keys: ${type.slice(0, 30)}`, () => {
      assert.equal(typeIn(withType(type)), type);
    });
  }

  const rule = "must be up to 253 characters of printable ASCII without spaces";
  const ruleFix = "    fix: such as kubernetes.io/tls, or remove it for Opaque";
  for (const [type, fault] of [
    ["", "it is empty"],
    ["my type", "character 3 is a space"],
    ["tls\n", "character 4 is U+000A"],
    ["тls", "character 1 is U+0442"],
    ["x".repeat(254), "it has 254 characters"],
  ] as const) {
    it(`is refused by the rule for texts: ${fault}`, () => {
      assert.equal(refusalOf(withType(type)), refusal(1, `${at} ${rule}; ${fault}`, ruleFix));
    });
  }

  for (const [type, meant] of [
    ["opaque", "Opaque"],
    ["tls", "kubernetes.io/tls"],
    ["kubernetes.io/TLS", "kubernetes.io/tls"],
    ["kubernetes.io/tsl", "kubernetes.io/tls"],
    ["kubernetes.io/basicauth", "kubernetes.io/basic-auth"],
    ["kubernetes.io/docker-config-json", "kubernetes.io/dockerconfigjson"],
  ] as const) {
    it(`is refused where it is nearly one of Kubernetes, which would take it for somebody's own: ${type}`, () => {
      assert.equal(
        refusalOf(withType(type)),
        refusal(
          1,
          `${at} is nearly a type of Kubernetes; there are ${known}`,
          `    fix: did you mean "${meant}"? For a type of your own choose a name that differs more`,
        ),
      );
    });
  }

  for (const type of ["kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"]) {
    it(`may not make a credential of the cluster: ${type}`, () => {
      assert.equal(
        refusalOf(withType(type)),
        refusal(
          1,
          `${at} a Secret of type ${type} is a credential of the cluster itself, which Kubernetes makes or takes: no application's secret may become one`,
          "    fix: remove type, or name another",
        ),
      );
    });
  }

  it("shows no secret that was put in its place", () => {
    assert.equal(
      refusalOf(withType(`ghp_${"a1".repeat(18)}`)),
      refusal(
        1,
        `${at} holds a token of GitHub, and a type is not secret`,
        "    fix: replace it at its source, and remove it here",
      ),
    );
  });

  it("must be a text", () => {
    assert.equal(refusalOf(withType(1)), refusal(1, `${at} must be a text, such as kubernetes.io/tls, received 1`));
  });
});

const text = password();
/** Keys that each type is happy with, and what is said of others. */
const demands: Readonly<
  Record<string, { readonly legal: readonly Readonly<Record<string, Recipe>>[]; readonly wanted?: string }>
> = {
  Opaque: { legal: [{ a: text }] },
  "kubernetes.io/basic-auth": {
    legal: [{ username: text }, { password: text }, { username: text, password: text, more: text }],
    wanted: "username or password",
  },
  "kubernetes.io/dockercfg": { legal: [{ ".dockercfg": literal("{}") }], wanted: ".dockercfg" },
  "kubernetes.io/dockerconfigjson": { legal: [{ ".dockerconfigjson": literal("{}") }], wanted: ".dockerconfigjson" },
  "kubernetes.io/ssh-auth": { legal: [{ "ssh-privatekey": text }], wanted: "ssh-privatekey" },
  "kubernetes.io/tls": { legal: [{ "tls.crt": text, "tls.key": text }], wanted: "tls.crt and tls.key" },
};

describe("the keys that a type demands", () => {
  it("are known of every type of Kubernetes", () => {
    assert.deepEqual(Object.keys(demands), Object.keys(kubernetesTypes));
  });

  for (const [type, { legal, wanted }] of Object.entries(demands)) {
    it(`are enough: ${type}`, () => {
      for (const keys of legal) assert.equal(typeIn(withType(type, { keys })), type);
    });

    if (wanted === undefined) continue;
    it(`are missed in the environment that lacks them: ${type}`, () => {
      const example = wanted.includes(" or ") ? ["username"] : wanted.split(" and ");
      assert.equal(
        refusalOf(withType(type, { keys: { token: text } })),
        refusal(
          1,
          `${at} a Secret of type ${type} must have ${wanted}; in this environment the delivery has token`,
          `    fix: name its keys for the consumer: from: [{ secret: "<secret>", keys: { ${example.map((key) => `"${key}": "<key>"`).join(", ")} } }]`,
        ),
      );
    });

    it(`may be in the Secret already that keys are merged into: ${type}`, () => {
      assert.equal(typeIn(withType(type, { keys: { token: text }, merge: true })), type);
    });
  }

  it("must all be there: half a key pair is none", () => {
    assert.match(
      refusalOf(withType("kubernetes.io/tls", { keys: { "tls.crt": text } })),
      /must have tls\.crt and tls\.key; in this environment the delivery has tls\.crt$/m,
    );
  });

  it("are not missed of a source that names no secret: that is said alone", () => {
    const { catalogue } = withType("kubernetes.io/tls");
    const shop = {
      ...catalogue.shop,
      deliveries: [{ ...(catalogue.shop.deliveries[0] ?? assert.fail()), from: ["dbb"] }],
    };
    const message = refusalOf({ catalogue: { shop } });
    assert.match(message, /has 1 problem\./);
    assert.match(message, /reads secret "shop\/dbb"/);
  });
});

describe("the older form of a registry's credentials", () => {
  it("is not what dockerConfig makes", () => {
    const keys = {
      ".dockercfg": dockerConfig({ "ghcr.io": { username: "user", password: "password" } }),
      user: literal("ci"),
      password: password(),
    };
    assert.equal(
      refusalOf(withType("kubernetes.io/dockercfg", { keys })),
      refusal(
        1,
        `${at} a Secret of type kubernetes.io/dockercfg has the older form of a Docker config, and .dockercfg of shop/db has the newer one`,
        '    fix: type: "kubernetes.io/dockerconfigjson", with keys: { ".dockerconfigjson": ".dockercfg" }',
      ),
    );
  });
});

describe("the value of a registry's credentials", () => {
  const type = "kubernetes.io/dockerconfigjson";
  const withValue = (recipe: Recipe) =>
    withType(type, { keys: { ".dockerconfigjson": recipe, user: literal('ci"'), password: password() } });

  for (const [what, recipe] of [
    ["a JSON text", literal('{"auths":{}}')],
    ["a template of one", template('{"auths":{"ghcr.io":{"username":"${user|json}","password":"${password|json}"}}}')],
    ["a template without quotation marks", template('{"auths":{"ghcr.io":{"password":${password|json}}}}')],
    ["a Docker config", dockerConfig({ "ghcr.io": { username: "user", password: "password" } })],
    ["what somebody provides", provided("shopToken")],
  ] as const) {
    it(`may be JSON: ${what}`, () => {
      assert.equal(typeIn(withValue(recipe)), type);
    });
  }

  for (const [what, recipe] of [
    ["a password", password()],
    ["a text", literal("ghcr.io")],
    ["a list", literal("[]")],
    ["a template that is not closed", template('{"auths":{"ghcr.io":{"password":"${password|json}"}}')],
    ["a template in which a value is not quoted", template('{"auths":{"ghcr.io":{"password":${password}}}}')],
    ["a template in which a value ends its quotation", template('{"auths":{"ghcr.io":{"username":"${user}"}}}')],
  ] as const) {
    it(`is refused where it can't be: ${what}`, () => {
      assert.equal(
        refusalOf(withValue(recipe)),
        refusal(
          1,
          `${at} in a Secret of type ${type}, .dockerconfigjson must be a JSON object, which .dockerconfigjson of shop/db is not`,
          '    fix: compose it with dockerConfig(…), or with template(…) and values written as "${KEY|json}" (docs/secret-shapes.md#registry-pull-secret)',
        ),
      );
    });
  }
});
