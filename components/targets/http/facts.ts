import { z } from "zod";
import { ruledUrl } from "../../support/messages/text-rules.ts";
import { isClear } from "../web/facts.ts";
import { namedIn } from "./named.ts";
import { authentications, type RequestSpec } from "./spec.ts";
import { isRequestText, requestValues, textsIn, type Json } from "./template.ts";

const placeholders = requestValues.map((each) => `\${${each}}`).join(", ");

const text = z.string().check(({ value, issues }) => {
  if (isRequestText(value)) return;
  issues.push({ code: "custom", message: `has a placeholder that is none of ${placeholders}`, input: value });
});

/** Headers in which a password would stand among the facts, or that say what the program itself decides. */
const reservedHeader = /^(authorization|proxy-authorization|cookie|host|content-length|transfer-encoding|connection)$/i;

const headers = z
  .record(z.string(), text.regex(/^[\x20-\x7e]*$/, "must be printable ASCII"))
  .check(({ value, issues }) => {
    for (const name of Object.keys(value)) {
      const message = headerProblem(name);
      if (message !== undefined) issues.push({ code: "custom", message, path: [name], input: undefined });
    }
  });

function headerProblem(name: string): string | undefined {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) return "is no name of a header";
  if (!reservedHeader.test(name)) return undefined;
  return /^(proxy-)?authorization$|^cookie$/i.test(name)
    ? "is no header of facts, which everybody can read: use authentication, or another header with ${administratorPassword}"
    : "is a header that the program itself sends";
}

const plainUrl = ruledUrl({ schemes: ["http", "https"] });

/** The URL of a request: an account's name may stand in its path or its query, and no value that is secret. */
const url = z.string().check(({ value, issues }) => {
  const refuse = (message: string) => void issues.push({ code: "custom", message, input: value });
  const [address = "", query = ""] = value.split("?", 2);
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(value)?.[1] ?? "";
  if (/\$\{(password|previousPassword|administratorPassword)/.test(value)) {
    refuse("has a secret value, which logs of servers and proxies would keep: let it stand in json, form or a header");
  } else if (authority.includes("${")) refuse("must name its host without a placeholder");
  else if (!isRequestText(value)) refuse("has a placeholder that is not ${username}, the one that a URL may have");
  else if (!/^[\x21-\x7e]*$/.test(query) || query.includes("#")) refuse("has a query with characters that no URL has");
  else {
    const found = plainUrl.safeParse(address.replaceAll("${username}", "name"));
    if (!found.success) refuse(found.error.issues[0]?.message ?? "must be an http(s) URL");
  }
});

/** What a configuration has is JSON. `z.json()` describes itself without end to whoever follows schemas. */
const json = z.custom<Json>();

export interface RequestDefaults {
  readonly method: string;
}

/** Schema of a request of facts. */
export function requestFacts({ method }: RequestDefaults) {
  return z.strictObject({
    url,
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default(method as "GET"),
    headers: headers.default({}),
    json: json.optional(),
    form: z.record(z.string(), text).optional(),
    authentication: z.enum(authentications).default("basic"),
    expect: z.array(z.int().min(200).max(499)).min(1).optional(),
  });
}

type RequestFacts = z.output<ReturnType<typeof requestFacts>>;

/** The request that facts describe. */
export function requestSpecOf({ json, form, expect, ...rest }: RequestFacts): RequestSpec {
  return {
    ...rest,
    ...(json === undefined ? {} : { json }),
    ...(form === undefined ? {} : { form }),
    ...(expect === undefined ? {} : { expect }),
  };
}

interface HttpFacts {
  readonly request: RequestFacts;
  readonly verify: RequestFacts | "none";
  readonly examine?: RequestFacts | undefined;
  readonly tls: "verify" | "off";
}

type RawIssue = z.core.$ZodRawIssue;

/** What is wrong between the facts of a target. Pure. */
export function requestProblems({ request, verify, examine, tls }: HttpFacts): readonly RawIssue[] {
  const requests = { request, ...(verify === "none" ? {} : { verify }), ...(examine === undefined ? {} : { examine }) };
  const issues: RawIssue[] = [];
  const refuse = (path: readonly string[], message: string) =>
    void issues.push({ code: "custom", message, path: [...path], input: undefined });
  for (const [field, each] of Object.entries(requests)) {
    const named = namedIn(requestSpecOf(each));
    if (each.json !== undefined && each.form !== undefined) {
      refuse([field, "form"], "can't be set beside json: a request has one body");
    }
    if (each.json !== undefined && textsIn(each.json).some((part) => !isRequestText(part))) {
      refuse([field, "json"], `has a placeholder that is none of ${placeholders}`);
    }
    if (isClear(each.url) && tls !== "off") {
      refuse([field, "url"], "must be https, or tls must be off: passwords would be sent in clear");
    }
    if (!isClear(each.url) && tls === "off") refuse(["tls"], `can't be off where a URL is https (${field}.url)`);
    if (field !== "request" && new URL(originOf(each.url)).host !== new URL(originOf(request.url)).host) {
      refuse([field, "url"], "must have the host of request.url: credentials are sent to one place");
    }
    if (field === "verify" && (named.has("administratorPassword") || named.has("previousPassword"))) {
      refuse([field], "logs in with ${username} and ${password} alone");
    }
    if (field === "examine" && (named.has("password") || named.has("previousPassword"))) {
      refuse(
        [field],
        "is sent with no value of a secret: ${username} and ${administratorPassword} are all that it may name",
      );
    }
  }
  const named = namedIn(requestSpecOf(request));
  if (!named.has("password")) {
    refuse(["request"], "names ${password} nowhere: the new value would not reach the API");
  }
  if (named.has("previousPassword") && verify === "none") {
    refuse(
      ["verify"],
      "must be a request where request has ${previousPassword}: a run that was interrupted finds out by it which one is right",
    );
  }
  return issues;
}

function originOf(address: string): string {
  const [origin] = /^[a-z]+:\/\/[^/?#]*/i.exec(address) ?? [];
  return origin !== undefined && URL.canParse(origin) ? origin : "http://unknown.invalid";
}
