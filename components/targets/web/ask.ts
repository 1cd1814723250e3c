import { jsonObject } from "../../support/json-object.ts";
import { setCommand } from "../../support/messages/config-command.ts";
import { messageOf } from "../../support/messages/errors.ts";
import { codeOf, isCertificateCode } from "../connection.ts";
import { passwordFix, type Administrated } from "../administrator.ts";
import { TargetError } from "../kind.ts";
import { send, type HttpAnswer, type HttpRequest, type SendOptions } from "./send.ts";

/** A target that is spoken to over HTTP. */
export interface WebTarget {
  readonly name: string;
  /** Which facts have it. Default: `targets`. */
  readonly of?: "targets" | "probes";
  /** Certificate authorities of the server, in PEM. Default: those that the machine trusts. */
  readonly caBundle?: string;
}

/** Sends a request to a target. @throws TargetError where there is no answer, or one that leads elsewhere. */
export async function ask(
  target: WebTarget,
  request: HttpRequest,
  options: Pick<SendOptions, "final"> = {},
): Promise<HttpAnswer> {
  const { name, caBundle } = target;
  let answer: HttpAnswer;
  try {
    answer = await send(request, { ...options, ...(caBundle === undefined ? {} : { caBundle }) });
  } catch (error) {
    throw noAnswer(target, request, error);
  }
  if (!answer.isRedirect) return answer;
  throw new TargetError(
    `it answers ${answer.status} and leads elsewhere, and values are sent to no other place than facts name`,
    `correct the URL of ${target.of ?? "targets"}.${name}`,
  );
}

function noAnswer({ name, of = "targets" }: WebTarget, { url }: HttpRequest, error: unknown): TargetError {
  const problem = messageOf(error);
  const code = codeOf(error);
  if (isCertificateCode(code)) {
    return new TargetError(
      `its certificate is not trusted: ${problem}`,
      `give ${of}.${name}.caBundle the authority that signed it, and its URL a name that it has`,
    );
  }
  // OpenSSL of what is no TLS.
  if (code === "EPROTO" && /wrong version number|packet length too long/.test(problem)) {
    return new TargetError(
      "it does not speak TLS",
      `switch TLS on there, or allow clear text with an http:// URL and ${setCommand([of, name, "tls"], "off")}`,
    );
  }
  return new TargetError(
    problem === "" ? `it can't be reached (${code})` : problem,
    `let the deployer reach ${url.host}, or correct ${of}.${name}`,
  );
}

/** The administrator's password or token is wrong, or it may not do this. */
export function administratorRefused(target: Administrated, status: number): TargetError {
  const { name, administrator } = target;
  if (status === 403) {
    return new TargetError(
      `it answers 403: ${administrator} may not do this`,
      `give ${administrator} the right to set passwords there, or name another administrator: targets.${name}.administrator`,
    );
  }
  return new TargetError(
    `it answers ${status}: it does not accept what ${administrator} logs in with`,
    passwordFix(target),
  );
}

/** A status that nothing else explains. Nothing of the answer, which may quote what was sent. */
export function unexpectedStatus({ name }: WebTarget, request: string, status: number): TargetError {
  if (status === 429 || status >= 500) {
    return new TargetError(
      `it answers ${request} with ${status}, again and again`,
      "see its own log for what is wrong",
    );
  }
  return new TargetError(
    `it answers ${request} with ${status}`,
    `see its own log for what is wrong, and whether targets.${name} leads to it`,
  );
}

/** The value before is asked for, and nobody knows it. */
export function noPrevious(name: string, otherwise: string): TargetError {
  return new TargetError(
    "it has to be given the value before, which the state does not keep",
    `set the new value there by hand (docs/rotation.md#by-hand), or ${otherwise} (targets.${name})`,
  );
}

/** An `Authorization` header. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** A URL below that of an application. */
export function below(url: string, path: string): URL {
  return new URL(path, url.endsWith("/") ? url : `${url}/`);
}

/** A request with a JSON body. */
export function withJson(
  method: string,
  url: URL,
  { authorization, body }: { readonly authorization?: string; readonly body?: unknown },
): HttpRequest {
  return {
    method,
    url,
    headers: {
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** The fields of an answer that is a JSON object; none where it is something else. */
export function fieldsOf({ body }: HttpAnswer): Readonly<Record<string, unknown>> {
  return jsonObject(body);
}
