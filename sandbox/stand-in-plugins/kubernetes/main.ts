import { registerHooks } from "node:module";
import { main } from "../support/serve.ts";

// The library's kubeconfig reader imports the index of its generated code, of which it uses two small files: the rest, the
// models of all kinds, takes 80 MB and more than half of the time until this plugin answers.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "./gen/index.js" && context.parentURL?.endsWith("/@kubernetes/client-node/dist/config.js") === true
      ? next("./client-without-models.ts", { ...context, parentURL: import.meta.url })
      : next(specifier, context),
});

const { kubernetesProvider } = await import("./provider.ts");
main(kubernetesProvider());
