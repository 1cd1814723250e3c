import { NotInStandIn } from "../support/errors.ts";
import type { ResourceHandler, StandInProvider } from "../support/provider.ts";
import { randomBytes } from "./bytes.ts";
import { randomPassword } from "./password.ts";
import { randomUuid } from "./uuid.ts";

const RESOURCES: Readonly<Record<string, ResourceHandler>> = {
  "random:index/randomBytes:RandomBytes": randomBytes,
  "random:index/randomPassword:RandomPassword": randomPassword,
  "random:index/randomUuid:RandomUuid": randomUuid,
};

/** The `random` plugin: values that are made once and then live in the state. It has no configuration and no server. */
export function randomProvider(): StandInProvider {
  return {
    name: "random",
    checkConfig: (inputs) => Promise.resolve({ inputs }),
    diffConfig: () => Promise.resolve({ detailed: {} }),
    configure: () => Promise.resolve(),
    resource: (type) => {
      const handler = RESOURCES[type];
      if (handler === undefined) throw new NotInStandIn("random", `Resource type ${type}`);
      return handler;
    },
    invoke: ({ token }) => Promise.reject(new NotInStandIn("random", `Function ${token}`)),
  };
}
