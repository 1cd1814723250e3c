import { readFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import path from "node:path";
import type * as Yaml from "yaml";
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
    const library = await import("@kubernetes/client-node/dist/config.js");
    readTokenFiles(library);
    return library;
  } finally {
    hooks.deregister();
  }
}

/** What is read of a kubeconfig here. */
interface Kubeconfig {
  readonly users?: readonly { readonly name?: string; readonly user?: { readonly tokenFile?: string } }[];
}

type LoadFromFile = (this: Config.KubeConfig, file: string, options?: object) => void;

/**
 * Has the library read `tokenFile` of a user, as `kubectl` does (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo):
 * it knows a field `token-file`, which nobody writes, and would ask without any login. In its own class, since it makes
 * instances of that itself where `KUBECONFIG` names several files. The file is read again each minute.
 */
function readTokenFiles({ KubeConfig }: typeof Config): void {
  const known = Object.getOwnPropertyDescriptor(KubeConfig.prototype, "loadFromFile")?.value as LoadFromFile;
  KubeConfig.prototype.loadFromFile = function (this: Config.KubeConfig, file, options) {
    known.call(this, file, options);
    const text = readFileSync(file, "utf8");
    if (!text.includes("tokenFile")) return;
    const { parse } = createRequire(import.meta.url)("yaml") as typeof Yaml;
    const { users = [] } = parse(text) as Kubeconfig;
    this.users = this.users.map((user) => {
      const tokenFile = users.find(({ name }) => name === user.name)?.user?.tokenFile;
      if (tokenFile === undefined) return user;
      const config = { tokenFile: path.resolve(path.dirname(file), tokenFile) };
      return { ...user, authProvider: { name: "tokenFile", config } };
    });
  };
}
