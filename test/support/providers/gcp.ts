import type { FakeProvider } from "./contract.ts";

/** The provider of Google Cloud, over a `RemoteMemory`. */
export const gcp: FakeProvider = { resources: {}, functions: {} };
