import { main } from "../support/serve.ts";
import { gcpProvider } from "./provider.ts";

main(gcpProvider());
