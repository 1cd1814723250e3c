import { main } from "../support/serve.ts";
import { kubernetesProvider } from "./provider.ts";

main(kubernetesProvider());
