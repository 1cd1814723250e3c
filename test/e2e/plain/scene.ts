import { literal, password, provided } from "../../../components/values/recipe.ts";
import type { ConfigValue } from "../../../sandbox/engine/project.ts";
import type { Catalogue } from "../../../stacks/environments/catalogue-spec.ts";
import { cluster, decode, ifExists, readSecret } from "../support/cluster.ts";
import { onlyNamespaces } from "../support/small-stack.ts";
import { succeed, type StackOptions } from "../support/stacks.ts";

/** Shared by the files that take over a Secret made by hand, in a namespace whose store is of kind kubernetes. */

export const namespace = "plain-existing";
/** What the Secret holds before the first up. */
export const inUse = { rootUser: "minio-admin", rootPassword: "plain-in-use-2019", note: "plain, kept by hand" };
/** Those of its values that no run may print. */
export const canaries = [inUse.rootPassword, inUse.note];

const catalogueWith = (root: Catalogue[string]["secrets"][string]): Catalogue => ({
  shop: {
    secrets: { root, hub: { keys: { token: provided("huggingfaceToken") } } },
    deliveries: [
      { namespace, secretName: "minio-root", from: ["root"] },
      { namespace, secretName: "hub", from: ["hub"] },
    ],
  },
});
const root = { keys: { rootUser: literal("minio-admin"), rootPassword: password() } };
/** The same secret with one key more. */
export const withAnother = { keys: { ...root.keys, another: password() } };

export const withFacts = (facts: Record<string, ConfigValue> = {}, keys = root): StackOptions => ({
  stack: "plain-existing",
  catalogue: catalogueWith(keys),
  facts: {
    stores: { vault: null, plain: { kind: "kubernetes" } },
    namespaces: { ...onlyNamespaces([]), [namespace]: { cluster: "local", store: "plain" } },
    ...facts,
  },
});
/** Facts that say what becomes of the existing Secret. */
export const choose = (choice: string) => ({ existingSecrets: { [`${namespace}/minio-root`]: choice } });
export const adopting = choose("adopt");

/** What the Secret holds now. */
export const live = async () => decode((await readSecret(namespace, "minio-root")) ?? {});

/**
 * Makes the Secret, and its namespace, as `kubectl create` does: what becomes of a key depends on the field manager that
 * wrote it.
 */
export async function makeByHand(): Promise<void> {
  const { core } = await cluster();
  if ((await ifExists(core.readNamespace({ name: namespace }))) === undefined)
    await core.createNamespace({ body: { metadata: { name: namespace } } });
  await ifExists(core.deleteNamespacedSecret({ namespace, name: "minio-root" }));
  await core.createNamespacedSecret({
    namespace,
    fieldManager: "kubectl-create",
    body: { metadata: { name: "minio-root" }, stringData: inUse },
  });
}

/** Destroys the stack, and leaves the Secret made by hand where it still exists. */
export async function destroyExisting(): Promise<void> {
  await succeed("destroy", withFacts(adopting));
}
