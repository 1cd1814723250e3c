import assert from "node:assert/strict";
import type { V1Secret } from "@kubernetes/client-node";
import { literal, password, providedBytes, template } from "../../../components/values/recipe.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import type { Catalogue, CatalogueDelivery } from "../../../stacks/environments/catalogue-spec.ts";
import { cluster, decode, ifExists, readSecret } from "../support/cluster.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { run, succeed, type StackOptions } from "../support/stacks.ts";

const [namespace, plain] = ["shapes", "shapes-plain"];
const labels = { "argocd.argoproj.io/secret-type": "repository" };
const annotations = { "tekton.dev/git-0": "https://git.example.com", note: 'any text: {"a":1}\nand lines' };

const keyPair = { "tls.crt": "certificate", "tls.key": "key" };
const tls = { secretName: "web-tls", from: [{ secret: "web", keys: keyPair }], type: "kubernetes.io/tls", labels };
const pull = {
  secretName: "registry",
  from: [{ secret: "registry", keys: { ".dockerconfigjson": "config" } }],
  type: "kubernetes.io/dockerconfigjson",
};
const repository = { secretName: "repository", from: ["repository"], labels, annotations };
/** Made by hand, and merged into. */
const ofOthers = {
  secretName: "of-others",
  from: ["repository"],
  type: "kubernetes.io/basic-auth",
  labels,
  annotations,
};

/** Bytes that are no text. */
const bytes = Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0x00, 0xff, ...Array.from({ length: 100 }, (_, index) => index)]);
const keystore = { secretName: "keystore", from: ["keystore"] };

type Shaped = Omit<CatalogueDelivery, "namespace">;

/** The stack with these deliveries of the operator, and of this program itself. */
const withDeliveries = (
  deliveries: readonly Shaped[],
  plainDeliveries: readonly Shaped[] = [tls, repository, keystore],
  facts: Record<string, ConfigValue> = {},
): StackOptions => {
  const catalogue: Catalogue = {
    shapes: {
      secrets: {
        web: { keys: { certificate: password(), key: password() } },
        registry: {
          keys: {
            token: password({ symbols: '"\\' }),
            config: template('{"auths":{"registry.example.com":{"username":"ci","password":"${token|json}"}}}'),
          },
        },
        keystore: { keys: { "keystore.jks": providedBytes("shapesKeystore"), alias: literal("shop") } },
        repository: { keys: { username: literal("argocd"), password: password() } },
      },
      deliveries: [
        ...deliveries.map((each) => ({ ...each, namespace })),
        ...plainDeliveries.map((each) => ({ ...each, namespace: plain })),
      ],
    },
  };
  const namespaces = { ...onlyNamespaces([namespace]), [plain]: { cluster: "local", via: "plain", create: true } };
  const secrets = { shapesKeystore: bytes.toString("base64").replace(/.{76}/g, "$&\n") };
  return { stack: "shapes", demo: false, secrets, catalogue, facts: { namespaces, ...facts } };
};
const merging = { ...ofOthers, merge: true };
const stack = withDeliveries([tls, pull, repository, keystore, merging]);

/** Annotations and labels of a Secret without those that this program and the operator set. */
function shapeOf({ type, metadata }: V1Secret) {
  const own = /^(?:reconcile\.external-secrets\.io|multicloud-secrets|pulumi\.com)\/|^app\.kubernetes\.io\/managed-by$/;
  const others = (texts: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(texts).filter(([name]) => !own.test(name)));
  return { type, labels: others(metadata?.labels), annotations: others(metadata?.annotations) };
}

describe("Secrets with a type, labels and annotations", () => {
  const secret = async (name: string, where = namespace) =>
    (await readSecret(where, name)) ?? assert.fail(`no Secret ${where}/${name}`);
  const shape = async (name: string, where?: string) => shapeOf(await secret(name, where));
  const keys = async (name: string, where?: string) => Object.keys(decode(await secret(name, where))).sort();

  before(async () => {
    await makeRoom();
    const { core } = await cluster();
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const metadata = { name: ofOthers.secretName, labels: { theirs: "kept" } };
    const stringData = { username: "theirs", extra: "kept" };
    await core.createNamespacedSecret({ namespace, body: { metadata, type: ofOthers.type, stringData } });
    await succeed("up", stack);
  });
  after(async () => {
    await succeed("destroy", stack);
    const { core } = await cluster();
    for (const name of [namespace, plain]) await ifExists(core.deleteNamespace({ name }));
  });

  it("arrive through the operator, with the keys that they would have without", async () => {
    assert.deepEqual(
      [await shape("web-tls"), await keys("web-tls")],
      [{ type: "kubernetes.io/tls", labels, annotations: {} }, ["tls.crt", "tls.key"]],
    );
    assert.deepEqual(
      [await shape("repository"), await keys("repository")],
      [{ type: "Opaque", labels, annotations }, ["password", "username"]],
    );
    assert.deepEqual(await shape("registry"), { type: pull.type, labels: {}, annotations: {} });
    const { ".dockerconfigjson": config = "" } = decode(await secret("registry"));
    const { auths } = JSON.parse(config) as { readonly auths: Readonly<Record<string, { readonly password: string }>> };
    assert.equal(auths["registry.example.com"]?.password.length, 32);
  });

  it("arrive without the operator", async () => {
    assert.deepEqual(
      [await shape("web-tls", plain), await keys("web-tls", plain)],
      [{ type: "kubernetes.io/tls", labels, annotations: {} }, ["tls.crt", "tls.key"]],
    );
    assert.deepEqual(await shape("repository", plain), { type: "Opaque", labels, annotations });
  });

  it("have the bytes of a value that is provided as base64, with and without the operator", async () => {
    for (const where of [namespace, plain]) {
      const { data = {} } = await secret("keystore", where);
      assert.deepEqual(data, {
        "keystore.jks": bytes.toString("base64"),
        alias: Buffer.from("shop").toString("base64"),
      });
    }
  });

  it("may belong to others, which keep their type, labels and keys", async () => {
    assert.deepEqual(await shape("of-others"), {
      type: ofOthers.type,
      labels: { theirs: "kept", ...labels },
      annotations,
    });
    const { extra, username, password: made = "" } = decode(await secret("of-others"));
    assert.deepEqual([extra, username, made.length], ["kept", "argocd", 32]);
  });

  it("are not changed by a second up", async () => {
    const { changes, warnings } = await succeed("up", stack);
    assert.deepEqual([changes, warnings], [{}, []]);
  });

  it("can't get another type: the run is refused before its first write, and the message says how to go on", async () => {
    const uid = (await secret("repository")).metadata?.uid;
    const typed = { ...repository, type: "kubernetes.io/basic-auth" };
    const { ok, errors } = await run("up", withDeliveries([tls, pull, typed, merging], [tls, typed, keystore]));
    assert.equal(ok, false);
    const fix =
      "    fix: in the catalogue, leave this delivery as it was, and add one of the new type under another secretName; remove the old one when no application reads it";
    assert.ok(
      errors
        .join("\n")
        .includes(
          [
            'Environment "shapes" was refused: 2 problems. Nothing was changed.',
            ...[namespace, plain].flatMap((where) => [
              `  clusters.local: Secret ${where}/repository has type Opaque, and its delivery now says kubernetes.io/basic-auth: Kubernetes never changes the type of a Secret`,
              fix,
            ]),
          ].join("\n"),
        ),
      errors.join("\n"),
    );
    assert.equal((await secret("repository")).metadata?.uid, uid);
  });

  it("get another type beside the old one, which stays until its delivery is removed", async () => {
    const typed = { ...repository, secretName: "repository-2", type: "kubernetes.io/basic-auth" };
    await succeed("up", withDeliveries([tls, pull, repository, typed, merging]));
    const old = decode(await secret("repository"));
    assert.deepEqual([decode(await secret("repository-2")), (await shape("repository-2")).type], [old, typed.type]);
    await succeed("up", stack);
  });

  it("may not have the name of one that exists with another type, even if that is to be overwritten", async () => {
    const { core } = await cluster();
    const taken = { ...repository, secretName: "taken" };
    const body = { metadata: { name: "taken" }, type: "example.com/own", stringData: { a: "in-use" } };
    await core.createNamespacedSecret({ namespace, body });
    const existingSecrets = { [`${namespace}/taken`]: "overwrite" };
    const overwriting = withDeliveries([tls, pull, repository, merging, taken], undefined, { existingSecrets });
    const { ok, errors } = await run("up", overwriting);
    assert.equal(ok, false);
    assert.ok(
      errors
        .join("\n")
        .includes(
          "  clusters.local: Secret shapes/taken exists with type example.com/own, and its delivery names no type, which is Opaque: Kubernetes never changes the type of a Secret\n" +
            '    fix: in the catalogue, give the delivery type: "example.com/own", or another secretName',
        ),
      errors.join("\n"),
    );
    assert.deepEqual(decode(await secret("taken")), { a: "in-use" });
  });

  it("follow changed labels and annotations, keep their type and keys, and lose what leaves the catalogue", async () => {
    const before = decode(await secret("web-tls"));
    const changed = { labels: { team: "web" }, annotations: { note: "shorter" } };
    const { labels: _, ...bare } = tls;
    await succeed("up", withDeliveries([bare, pull, { ...repository, ...changed }, { ...merging, ...changed }]));
    assert.deepEqual(await shape("repository"), { type: "Opaque", ...changed });
    assert.deepEqual(await shape("web-tls"), { type: tls.type, labels: {}, annotations: {} });
    assert.deepEqual(decode(await secret("web-tls")), before);
    assert.deepEqual(await shape("of-others"), {
      type: ofOthers.type,
      labels: { theirs: "kept", ...changed.labels },
      annotations: changed.annotations,
    });
  });
});
