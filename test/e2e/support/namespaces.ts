import { cluster, ifExists } from "./cluster.ts";
import { eventually } from "./eventually.ts";

/** Removes namespaces, those that exist, and waits until they are gone. */
export async function removeNamespaces(...wanted: readonly string[]): Promise<void> {
  const { core } = await cluster();
  for (const name of wanted) await ifExists(core.deleteNamespace({ name }));
  await untilGone(...wanted);
}

/** Waits until namespaces are gone, with all that was in them. */
export async function untilGone(...wanted: readonly string[]): Promise<void> {
  const { core } = await cluster();
  await eventually(`${wanted.join(", ")} are gone`, async () => {
    const { items } = await core.listNamespace();
    return !items.some(({ metadata }) => wanted.includes(metadata?.name ?? ""));
  });
}
