import { main } from "../support/serve.ts";
import { vaultProvider } from "./provider.ts";

main(vaultProvider());
