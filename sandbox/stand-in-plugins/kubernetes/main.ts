import { kubeconfigLibrary } from "../../../components/clusters/kubeconfig.ts";
import { main } from "../support/serve.ts";

// Loaded before whatever imports it, which then gets this one: without the models of all kinds, 80 MB and more than half of
// the time until this plugin answers, and with a reader of `tokenFile`.
await kubeconfigLibrary();
const { kubernetesProvider } = await import("./provider.ts");
main(kubernetesProvider());
