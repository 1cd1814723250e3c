import type { FakeProvider } from "./contract.ts";

/** The provider of AWS, over a `RemoteMemory`. */
export const aws: FakeProvider = { resources: {}, functions: {} };
