import { z } from "zod";
import { canonicalJson } from "../../support/canonical-json.ts";
import { administratorSecret, printableAscii } from "../facts.ts";
import type { TargetKind } from "../kind.ts";
import { requestFacts, requestProblems, requestSpecOf } from "./facts.ts";
import { accountName, webFacts } from "../web/facts.ts";
import { namesPrevious, needsAdministrator } from "./named.ts";
import type { HttpSpec } from "./spec.ts";

const facts = z
  .strictObject({
    kind: z.literal("http"),
    request: requestFacts({ method: "PUT" }),
    verify: z.union([requestFacts({ method: "GET" }), z.literal("none")], {
      error: "must be the request that logs in with the new password, or none where the API has nothing to log in to",
    }),
    examine: requestFacts({ method: "GET" }).optional(),
    administrator: accountName.default("administrator"),
    administratorSecret: administratorSecret.optional(),
    ...webFacts,
  })
  .check(({ value, issues }) => void issues.push(...requestProblems(value)));

/** Any HTTP API that sets the password of an account by one request. */
export const http: TargetKind<HttpSpec, typeof facts> = {
  facts,
  spec: (name, { request, verify, examine, caBundle, ...rest }) => ({
    ...rest,
    name,
    request: requestSpecOf(request),
    ...(verify === "none" ? {} : { verify: requestSpecOf(verify) }),
    ...(examine === undefined ? {} : { examine: requestSpecOf(examine) }),
    ...(caBundle === undefined ? {} : { caBundle }),
  }),
  place: ({ request }) => new URL(request.url).origin,
  // One origin may have the accounts of many, told apart by anything in the request.
  servers: ({ request: { method, url, headers, json, form } }) => [canonicalJson({ method, url, headers, json, form })],
  administrator: (spec) => (needsAdministrator(spec) ? spec.administrator : undefined),
  withoutPrevious: (spec) =>
    namesPrevious(spec)
      ? `let a request of an administrator set it, without \${previousPassword}: targets.${spec.name}.request`
      : undefined,
  password: printableAscii("HTTP APIs"),
  verifies: ({ verify }) => verify !== undefined,
  load: () => import("./actions.ts"),
};
