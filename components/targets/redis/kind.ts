import { z } from "zod";
import { pem } from "../../support/facts.ts";
import { addressText, administratorSecret, host, port, printableAscii, serverText, tls } from "../facts.ts";
import type { TargetKind } from "../kind.ts";
import type { RedisSpec } from "./spec.ts";

/** Names of users: no spaces, which separate the rules of a user where it is kept. */
const identifier = z.string().regex(/^[^\p{Cc}\s]{1,256}$/u, {
  error: "must be a name of 1 to 256 characters, without spaces and control characters",
});

const facts = z.strictObject({
  kind: z.literal("redis"),
  host,
  port: port.default(6379),
  replicas: z.array(host).max(100).default([]),
  administrator: identifier.default("default"),
  administratorSecret: administratorSecret.optional(),
  tls,
  caBundle: pem.optional(),
});

/** Redis and Valkey: passwords of users. The previous one stays valid beside the new one until the next rotation. */
export const redis: TargetKind<RedisSpec, typeof facts> = {
  facts,
  spec: (name, { caBundle, ...rest }) => ({ ...rest, name, ...(caBundle === undefined ? {} : { caBundle }) }),
  place: ({ host: first, replicas, port: number }) =>
    [first, ...replicas].map((each) => addressText({ host: each, port: number })).join(", "),
  servers: ({ host: first, replicas, port: number }) =>
    [first, ...replicas].map((each) => serverText({ host: each, port: number })),
  joining: ({ host: first, replicas }, other) => {
    const own = new Set([first, ...replicas].map((each) => each.toLowerCase()));
    return [other.host, ...other.replicas]
      .filter((each) => !own.has(each.toLowerCase()))
      .map((value, index) => ({ path: ["replicas", replicas.length + index], value }));
  },
  administrator: ({ administrator }) => administrator,
  password: printableAscii("Redis"),
  keepsPrevious: true,
  verifies: () => true,
  load: () => import("./actions.ts"),
};
