import { main } from "../support/serve.ts";
import { awsProvider } from "./provider.ts";

main(awsProvider());
