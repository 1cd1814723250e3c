import { TargetError, type Login } from "../kind.ts";
import { basic } from "../web/ask.ts";
import type { HttpRequest } from "../web/send.ts";
import type { RequestSpec } from "./spec.ts";
import { renderJson, renderText, type RequestValues } from "./template.ts";

/**
 * A request with its values, each written as its place asks for: percent-encoded in the URL and in a form, escaped in JSON. Pure.
 *
 * @param sender whose credentials it has.
 * @throws TargetError where a value can't stand in its place.
 */
export function renderRequest(spec: RequestSpec, values: RequestValues, sender: Login): HttpRequest {
  const { method, url, headers, json, form } = spec;
  const rendered = Object.entries(headers).map(([name, text]): [string, string] => [
    name,
    renderText(text, values, (value) => inHeader(value, name)),
  ]);
  const body =
    json !== undefined
      ? { type: "application/json", text: JSON.stringify(renderJson(json, values)) }
      : form !== undefined
        ? {
            type: "application/x-www-form-urlencoded",
            text: new URLSearchParams(
              Object.entries(form).map(([name, text]): [string, string] => [
                name,
                renderText(text, values, (value) => value),
              ]),
            ).toString(),
          }
        : undefined;
  return {
    method,
    url: new URL(renderText(url, values, inUrl)),
    headers: {
      ...(body === undefined ? {} : { "Content-Type": body.type }),
      ...Object.fromEntries(rendered),
      ...authorization(spec, sender),
    },
    ...(body === undefined ? {} : { body: body.text }),
  };
}

function authorization({ authentication }: RequestSpec, { username, password }: Login) {
  if (authentication === "none") return {};
  if (authentication === "basic") return { Authorization: basic(username, password) };
  return { Authorization: `Bearer ${inHeader(password, "Authorization")}` };
}

/** A path segment of one or two dots would be taken for the folder or the one above, however it is written. */
function inUrl(value: string): string {
  if (!/^\.{1,2}$/.test(value)) return encodeURIComponent(value);
  throw new TargetError(
    "an account whose name is nothing but dots has no URL of its own",
    "give the account another name",
  );
}

function inHeader(value: string, header: string): string {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value;
  throw new TargetError(
    `the value of header ${header} has characters that no header can carry`,
    "choose another recipe or value, of letters, digits and symbols of ASCII, or let the request have it in its body",
  );
}
