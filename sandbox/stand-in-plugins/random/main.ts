import { main } from "../support/serve.ts";
import { randomProvider } from "./provider.ts";

main(randomProvider());
