import { backendOf, type RemoteStoreSpec } from "../../components/backends/index.ts";
import type { LabelAccess, ReadLabels } from "../../components/backends/labels.ts";
import { once } from "../../components/support/once.ts";

/**
 * Reads labels of a store whose provider does not tell them, with the credentials that the provider gets. Nothing is loaded
 * or asked before the first question. Nothing for every other store.
 */
export function storeLabels(spec: RemoteStoreSpec, secretConfig: LabelAccess["secretConfig"]): ReadLabels | undefined {
  const backend = backendOf(spec);
  const load = backend.loadLabels?.bind(backend);
  if (load === undefined) return undefined;
  const open = once(async () => {
    const { openLabels } = await load();
    return openLabels(spec, { variable: (name) => process.env[name], secretConfig });
  });
  return async (name) => {
    const opened = await open();
    return "reason" in opened ? { refused: opened.reason } : opened(name);
  };
}
