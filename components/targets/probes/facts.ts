import { z } from "zod";
import { requestFacts, requestSpecOf } from "../http/facts.ts";
import { namedIn } from "../http/named.ts";
import { jobFacts, jobSpecOf } from "../job/kind.ts";
import type { ClusterAccess } from "../kind.ts";
import { clearProblems, webFacts } from "../web/facts.ts";
import type { ProbeSpec } from "./spec.ts";

const http = z
  .strictObject({
    kind: z.literal("http"),
    request: requestFacts({ method: "GET" }),
    withinSeconds: z.int().min(0).max(600).default(60),
    ...webFacts,
  })
  .check(({ value, issues }) => {
    const { request, tls } = value;
    for (const issue of clearProblems({ url: request.url, tls })) {
      issues.push(issue.path?.[0] === "url" ? { ...issue, path: ["request", "url"] } : issue);
    }
    const named = namedIn(requestSpecOf(request));
    if (named.has("administratorPassword") || named.has("previousPassword")) {
      const message = "is sent with what was delivered: ${username} and ${password} are all that it may name";
      issues.push({ code: "custom", message, path: ["request"], input: undefined });
    }
    if (request.json !== undefined && request.form !== undefined) {
      const message = "can't be set beside json: a request has one body";
      issues.push({ code: "custom", message, path: ["request", "form"], input: undefined });
    }
    if (request.authentication === "none" && !named.has("password")) {
      const message = "proves nothing: it names ${password} nowhere, and authentication is none";
      issues.push({ code: "custom", message, path: ["request"], input: undefined });
    }
  });

const { administrator: _, administratorSecret: __, previousPassword: ___, ...probeJobFields } = jobFacts.shape;
const job = z.strictObject(probeJobFields);

/** Facts of a probe, by its kind. */
export const probeFacts = z.discriminatedUnion("kind", [http, job]);
export type ProbeFacts = z.output<typeof probeFacts>;

/** The spec of a probe. */
export function probeSpecOf(
  name: string,
  facts: ProbeFacts,
  clusters: ReadonlyMap<string, ClusterAccess> = new Map(),
): ProbeSpec {
  if (facts.kind === "job") {
    return {
      kind: "job",
      name,
      job: { ...jobSpecOf(name, { ...facts, previousPassword: false }, clusters), of: "probes" },
    };
  }
  const { request, tls, withinSeconds, caBundle } = facts;
  return {
    kind: "http",
    name,
    request: requestSpecOf(request),
    tls,
    withinSeconds,
    ...(caBundle === undefined ? {} : { caBundle }),
  };
}
