import { main } from "../support/serve.ts";
import { azureNativeProvider } from "./provider.ts";

main(azureNativeProvider());
