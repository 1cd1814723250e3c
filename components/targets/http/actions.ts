import { setCommand } from "../../support/messages/config-command.ts";
import { TargetError, type ExamineArgs, type Login, type TellArgs, type VerifyArgs } from "../kind.ts";
import { administratorRefused, ask, noPrevious, unexpectedStatus } from "../web/ask.ts";
import { needsAdministrator, namesPrevious } from "./named.ts";
import { renderRequest } from "./request.ts";
import type { HttpSpec, RequestSpec } from "./spec.ts";
import type { RequestValues } from "./template.ts";

/** Sets the password of an account by the request of facts, and logs in with it by the other. */
export async function tell({ target, administrator, login, previous }: TellArgs<HttpSpec>): Promise<void> {
  const { request, verify } = target;
  if (previous === undefined && namesPrevious(target)) {
    if (await logsIn(target, login)) return;
    throw noPrevious(target.name, "let its request do without ${previousPassword}");
  }
  const values = { ...login, administratorPassword: administrator, previousPassword: previous ?? "" };
  const status = await statusOf(target, request, values, { username: target.administrator, password: administrator });
  if (!isExpected(request, status)) {
    // An API may refuse what it has been told already, by a run that was interrupted.
    if (await logsIn(target, login)) return;
    throw unexpected(target, "request", request, status);
  }
  if (verify === undefined || (await logsIn(target, login))) return;
  throw new TargetError(
    `it has the new password of ${login.username}, and refuses a login with it`,
    `let the account log in from here, or correct targets.${target.name}.verify`,
    { isTold: true },
  );
}

/** Logs in as the account, by the request of facts that does. */
export async function verify({ target, login }: VerifyArgs<HttpSpec>): Promise<void> {
  if (await logsIn(target, login)) return;
  throw new TargetError(
    `it refuses a login of ${login.username}`,
    `let the account log in from here, or correct targets.${target.name}.verify`,
  );
}

/** Sends the request that facts have for this, or else finds out whether the API answers at all. */
export async function examine({ target, administrator, account }: ExamineArgs<HttpSpec>): Promise<void> {
  const { examine: request } = target;
  if (request === undefined) {
    const { origin } = new URL(target.request.url);
    await ask(target, { method: "GET", url: new URL(origin), headers: {} });
    return;
  }
  const values = { username: account, administratorPassword: administrator };
  const status = await statusOf(target, request, values, { username: target.administrator, password: administrator });
  if (!isExpected(request, status)) throw unexpected(target, "examine", request, status);
}

async function logsIn(target: HttpSpec, login: Login): Promise<boolean> {
  const { verify } = target;
  return verify !== undefined && isExpected(verify, await statusOf(target, verify, login, login));
}

async function statusOf(target: HttpSpec, request: RequestSpec, values: RequestValues, sender: Login): Promise<number> {
  const { status } = await ask(target, renderRequest(request, values, sender));
  return status;
}

function isExpected({ expect }: RequestSpec, status: number): boolean {
  return expect === undefined ? status >= 200 && status < 300 : expect.includes(status);
}

/** The status and nothing else of the answer, which may quote what was sent. */
function unexpected(
  target: HttpSpec,
  field: "request" | "examine",
  { method, url, expect }: RequestSpec,
  status: number,
): TargetError {
  const { name } = target;
  if ((status === 401 || status === 403) && needsAdministrator(target)) return administratorRefused(target, status);
  const path = pathOf(url);
  if (status === 404) {
    return new TargetError(
      `it answers 404: it has nothing at ${path}`,
      `create the account there, or correct targets.${name}.${field}.url`,
    );
  }
  if (status === 429 || status >= 500) return unexpectedStatus(target, `${method} ${path}`, status);
  return new TargetError(
    `it answers ${method} ${path} with ${status}, and ${expect?.join(" or ") ?? "200 to 299"} says that it was done`,
    `correct targets.${name}.${field}, or say that ${status} is right: ${setCommand(["targets", name, field, "expect", expect?.length ?? 0], status)}`,
  );
}

/** The path as facts have it: with its placeholders, and without what an account is called. */
function pathOf(url: string): string {
  const [, path = "/"] = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url) ?? [];
  return path === "" ? "/" : path;
}
