import { deployModelServer } from "./model-server.ts";

/** Entry point of `pulumi up`. */
export default deployModelServer;
