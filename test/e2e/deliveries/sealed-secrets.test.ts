import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { literal, password, provided } from "../../../components/values/recipe.ts";
import { folderChanges, manifestFiles } from "../../../preview/manifest-files.ts";
import { readManifests, writeManifests } from "../../../preview/manifest-folder.ts";
import { renderStack } from "../../../preview/preview.ts";
import { withCiphertexts } from "../../../preview/sealed-manifests.ts";
import { environments } from "../../../stacks/environments/index.ts";
import { sandbox } from "../../../stacks/environments/sandbox.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import { otherCertificate } from "../../components/sealed-secrets/certificates.ts";
import { cli } from "../support/cli.ts";
import { cluster, decode, readSecret } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { observe, type Sighting } from "../support/observer.ts";
import { operatorObjects } from "../support/operator.ts";
import { connection } from "../support/platform.ts";
import { startSealedSecrets, type SealedSecretsController } from "../support/sealed-secrets.ts";
import { smallStack } from "../support/small-stack.ts";
import { makeRoom } from "../support/standing-stack.ts";
import { open, run, succeed, type StackOptions } from "../support/stacks.ts";

const namespace = "sealed";
const secret = `${namespace}/db`;
let controller: SealedSecretsController;

/** The stack with its Secret `db` delivered in this way, and others sealed. */
const stack = (
  via: string,
  { policy = {}, ...facts }: { policy?: StackOptions["policy"] } & Facts = {},
): StackOptions => {
  const small = smallStack(namespace, [namespace]);
  return {
    ...small,
    policy: policy ?? {},
    catalogue: {
      [namespace]: {
        secrets: {
          db: { keys: { username: literal("user"), password: password() } },
          login: { keys: { username: literal("admin"), password: password(), hub: provided("huggingfaceToken") } },
        },
        deliveries: [
          { namespace, secretName: "db", from: ["db"] },
          {
            namespace,
            secretName: "login",
            from: ["login"],
            type: "kubernetes.io/basic-auth",
            labels: { "example.com/team": "shop" },
            annotations: { "example.com/owner": "shop" },
          },
        ],
      },
    },
    facts: {
      ...small.facts,
      clusters: { local: { sealedSecrets: { certificateFile: controller.certificateFile } } },
      namespaces: {
        ...(small.facts?.["namespaces"] as Facts),
        [namespace]: {
          cluster: "local",
          store: "vault",
          create: true,
          via: "sealed-secret",
          secrets: { db: { via } },
        },
      },
      ...facts,
    },
  };
};
type Facts = Record<string, ConfigValue>;

interface SealedSecret {
  readonly spec: { readonly encryptedData: Readonly<Record<string, string>> };
}
const sealedData = async (name: string) => {
  const { custom } = await cluster();
  const object = (await custom.getNamespacedCustomObject({
    group: "bitnami.com",
    version: "v1alpha1",
    plural: "sealedsecrets",
    namespace,
    name,
  })) as SealedSecret;
  return object.spec.encryptedData;
};
const ownersOf = async (name: string) =>
  ((await readSecret(namespace, name))?.metadata?.ownerReferences ?? []).map(({ kind }) => kind);
const valuesOf = async (name: string) => decode((await readSecret(namespace, name)) ?? {});

/** Runs the stack, while a reader sees one value and no gap. */
async function withoutGap(options: StackOptions): Promise<void> {
  const before = await valuesOf("db");
  const { secrets, atEnd } = await observe({ secrets: [secret] }, async () => {
    await succeed("up", options);
  });
  for (const { type, values } of secrets.get(secret) ?? ([] as readonly Sighting[])) {
    assert.notEqual(type, "DELETED");
    assert.ok(JSON.stringify(values) === JSON.stringify(before), "another value was seen");
  }
  assert.ok(JSON.stringify(atEnd.get(secret)) === JSON.stringify(before), "the value is another");
}

describe("Secrets that are sealed", () => {
  before(async function () {
    this.timeout(0); // builds the controller the first time
    await makeRoom();
    controller = await startSealedSecrets();
  });
  after(async () => {
    await succeed("destroy", stack("external-secret"));
    await controller.stop();
  });

  it("are unsealed by the controller, with type, labels and annotations", async () => {
    await succeed("up", stack("external-secret"));
    const login = await readSecret(namespace, "login");
    assert.deepEqual(
      [login?.type, login?.metadata?.labels, login?.metadata?.annotations?.["example.com/owner"]],
      ["kubernetes.io/basic-auth", { "example.com/team": "shop" }, "shop"],
    );
    const { username, password, hub: _, ...others } = await valuesOf("login");
    assert.deepEqual([username, others, await ownersOf("login")], ["admin", {}, ["SealedSecret"]]);
    assert.match(password ?? "", /^[a-zA-Z0-9]{32}$/);
  });

  it("take over a Secret from an ExternalSecret without a gap", async () => {
    assert.deepEqual(await ownersOf("db"), ["ExternalSecret"]);
    await withoutGap(stack("sealed-secret"));
    assert.deepEqual(await ownersOf("db"), ["SealedSecret"]);
    const left = (await operatorObjects("externalsecrets")).filter((each) => each.metadata.namespace === namespace);
    assert.deepEqual(left, []);
  });

  it("do not change in a second run", async () => {
    const { changes, warnings } = await succeed("up", stack("sealed-secret"));
    assert.deepEqual([changes, warnings], [{}, []]);
  });

  it("have one key sealed again by a rotation", async () => {
    const [sealed, values] = [await sealedData("db"), await valuesOf("db")];
    const rotations = { [`${namespace}/db`]: "2026-11-23" };
    await succeed("up", stack("sealed-secret", { rotations }));
    const [now, rotated] = [await sealedData("db"), await valuesOf("db")];
    assert.equal(now["username"], sealed["username"]);
    assert.notEqual(now["password"], sealed["password"]);
    assert.deepEqual([rotated["username"], rotated["password"] === values["password"]], ["user", false]);
    assert.deepEqual((await succeed("up", stack("sealed-secret", { rotations }))).changes, {});
  });

  let rotations = { [`${namespace}/db`]: "2026-11-23" };

  it("say that a certificate is another's, and are mended by the right one", async () => {
    const wrong = `${controller.certificateFile}.other`;
    await writeFile(wrong, otherCertificate);
    const clusters = { local: { sealedSecrets: { certificateFile: wrong } } };
    const before = await valuesOf("db");
    const failed = await run("up", stack("sealed-secret", { rotations, clusters }));
    assert.equal(failed.ok, false);
    assert.match(failed.output, /SealedSecret sealed\/\w+ was not unsealed: .*no key could decrypt secret/);
    assert.match(failed.output, /fix: the certificate is not one of this controller's keys/);
    assert.deepEqual(await valuesOf("db"), before);
    await succeed("up", stack("sealed-secret", { rotations }));
    assert.deepEqual(await valuesOf("db"), before);
    assert.deepEqual((await succeed("up", stack("sealed-secret", { rotations }))).changes, {});
  });

  describe("for a GitOps tool", () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "sealed-"));
    });
    after(() => rm(folder, { recursive: true }));

    const sealedSecrets = () => ({ certificateFile: controller.certificateFile });
    const filed = (more: Facts = { rotations }) =>
      stack("sealed-secret", {
        ...more,
        clusters: { local: { sealedSecrets: { ...sealedSecrets(), appliedBy: "gitops" } } },
      });
    const handingOver = () => {
      const all = stack("sealed-secret", { rotations });
      const namespaces = all.facts?.["namespaces"] as Facts;
      const own = { ...(namespaces[namespace] as Facts), handOverTo: "gitops" };
      return { ...all, facts: { ...all.facts, namespaces: { ...namespaces, [namespace]: own } } };
    };
    /** Writes the files as `npm run manifests` does, and returns them. */
    const write = async (options: StackOptions) => {
      const state = await (await open(options)).exportStack();
      const { stack: name = "", catalogue } = options;
      assert.ok(catalogue !== undefined);
      const root = path.join(connection().root, "project");
      const policies = { ...environments, [name]: sandbox };
      const described = await renderStack({ root, stack: name, catalogue, policies });
      const files = manifestFiles(withCiphertexts(name, described, state));
      const changes = folderChanges(files, await readManifests(folder));
      await writeManifests(folder, files, changes);
      return { files, changes };
    };
    const apply = async () => {
      const applied = await cli("kubectl", ["apply", "--recursive", "--filename", folder]);
      assert.equal(applied.code, 0, applied.output);
    };
    const fileOf = (name: string) => `local/${namespace}/sealedsecret-${name}.yaml`;

    it("are not taken from this stack's at once, since that would delete them", async () => {
      const refused = await run("up", filed());
      assert.deepEqual([refused.ok, refused.steps], [false, []]);
      assert.match(refused.output, /fix: hand it over first \(docs\/deliveries\/sealed-secrets\.md#from-sealedsecrets/);
    });

    it("are handed over with the same ciphertexts, while a reader sees each Secret all the time", async () => {
      const before = await sealedData("db");
      const values = await valuesOf("db");
      const { secrets } = await observe({ secrets: [secret] }, async () => {
        await succeed("up", handingOver());
        await succeed("up", filed());
        const { files } = await write(filed());
        assert.deepEqual([...files.keys()], [fileOf("db"), fileOf("login")]);
        const written = parse(files.get(fileOf("db")) ?? "") as SealedSecret;
        assert.deepEqual(written.spec.encryptedData, before);
        await apply();
      });
      const seen = secrets.get(secret) ?? [];
      assert.ok(seen.every(({ type }) => type !== "DELETED"));
      assert.ok(seen.every((each) => JSON.stringify(each.values) === JSON.stringify(values)));
      assert.deepEqual([await sealedData("db"), await ownersOf("db")], [before, ["SealedSecret"]]);
    });

    it("are the same bytes after a second run, which changes nothing", async () => {
      assert.deepEqual((await succeed("up", filed())).changes, {});
      const { changes } = await write(filed());
      assert.deepEqual(changes, { missing: [], changed: [], stale: [], foreign: [] });
    });

    it("follow a rotation by one file, in one key, which the controller unseals when it is applied", async () => {
      const again = { rotations: { [`${namespace}/db`]: "2026-11-24" } };
      const [values, data] = [await valuesOf("db"), await sealedData("db")];
      await succeed("up", filed(again));
      const { files, changes } = await write(filed(again));
      assert.deepEqual(changes.changed, [fileOf("db")]);
      const written = (parse(files.get(fileOf("db")) ?? "") as SealedSecret).spec.encryptedData;
      assert.equal(written["username"], data["username"]);
      assert.notEqual(written["password"], data["password"]);
      await apply();
      await eventually("the Secret has the rotated value", async () => {
        return (await valuesOf("db"))["password"] !== values["password"];
      });
      assert.equal((await valuesOf("db"))["username"], "user");
      rotations = again.rotations;
    });

    it("come back to this stack without a gap", async () => {
      const clusters = { local: { sealedSecrets: sealedSecrets(), upsertExistingObjects: true } };
      await withoutGap(stack("sealed-secret", { rotations, clusters }));
      const { changes } = await succeed("up", stack("sealed-secret", { rotations }));
      assert.deepEqual([changes["delete"], changes["create"]], [undefined, undefined]);
    });
  });

  // After the block before, which mocha runs behind every test beside it.
  describe("in the end", () => {
    it("give a Secret back to an ExternalSecret without a gap", async () => {
      await withoutGap(stack("external-secret", { rotations }));
      assert.deepEqual(await ownersOf("db"), ["ExternalSecret"]);
      assert.deepEqual((await succeed("up", stack("external-secret", { rotations }))).changes, {});
    });

    it("outlive destroy where the policy retains them", async () => {
      const kept = stack("sealed-secret", { rotations, policy: { retain: true } });
      await withoutGap(kept);
      const before = await valuesOf("db");
      assert.deepEqual(await ownersOf("db"), []);
      await succeed("destroy", kept);
      assert.deepEqual(await valuesOf("db"), before);
    });
  });
});
