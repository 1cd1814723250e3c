import type { FakeProvider } from "./contract.ts";

/** The provider of Azure, over a `RemoteMemory`. */
export const azure: FakeProvider = { resources: {}, functions: {} };
