import { registerHooks } from "node:module";
import type * as Config from "@kubernetes/client-node/dist/config.js";

let loading: Promise<typeof Config> | undefined;

/**
 * The client library's reader of kubeconfigs, which knows every way to log in, without the models of all kinds: it imports the index
 * of its generated code, of which it uses two small files. The rest is a quarter of a CPU second and 35 MB of every run. Should the library's
 * files change, the whole is loaded as before; `test/components/clusters/client.test.ts` tells.
 */
export function kubeconfigLibrary(): Promise<typeof Config> {
  return (loading ??= load());
}

async function load(): Promise<typeof Config> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "./gen/index.js" && context.parentURL?.endsWith("/@kubernetes/client-node/dist/config.js") === true
        ? next("./client-without-models.ts", { ...context, parentURL: import.meta.url })
        : next(specifier, context),
  });
  try {
    return await import("@kubernetes/client-node/dist/config.js");
  } finally {
    hooks.deregister();
  }
}
