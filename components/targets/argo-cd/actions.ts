import { TargetError, type ExamineArgs, type Login, type TellArgs, type VerifyArgs } from "../kind.ts";
import type { Administrated } from "../administrator.ts";
import { administratorRefused, ask, below, fieldsOf, noPrevious, unexpectedStatus, withJson } from "../web/ask.ts";
import type { ArgoCdSpec } from "./spec.ts";

/*
 * https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/ ; requests and statuses as `server/session/session.proto`,
 * `server/account/account.proto` and `server/account/account.go` of Argo CD have them. A token of an account is no help: for a password
 * to be changed, whoever changes it has to give its own again.
 */

/** Sets the password of a local account, and logs in with it. */
export async function tell({ target, administrator, login, previous }: TellArgs<ArgoCdSpec>): Promise<void> {
  if (target.administrator === undefined) {
    if (await changeOwn(target, login, previous)) return;
  } else {
    const admin = { username: target.administrator, password: administrator };
    await update(target, await adminSession(target, admin), admin, login);
  }
  if ((await session(target, login)) !== undefined) return;
  throw new TargetError(
    `it has the new password of account ${login.username}, and a login with it fails`,
    cannotLogIn,
    { isTold: true },
  );
}

/** Logs in as the account. */
export async function verify({ target, login }: VerifyArgs<ArgoCdSpec>): Promise<void> {
  if ((await session(target, login)) !== undefined) return;
  throw new TargetError(`a login of account ${login.username} fails`, cannotLogIn);
}

const cannotLogIn =
  "give the account the capability login (argocd-cm), and see whether it is locked after failed logins";

/** Finds out whether the administrator could set the password of an account. An account that sets its own is not looked for. */
export async function examine({ target, administrator, account }: ExamineArgs<ArgoCdSpec>): Promise<void> {
  if (target.administrator === undefined) {
    const { status } = await ask(target, withJson("GET", below(target.url, "api/version"), {}));
    if (status !== 200) throw unexpectedStatus(target, "GET api/version", status);
    return;
  }
  const token = await adminSession(target, { username: target.administrator, password: administrator });
  const path = `api/v1/account/can-i/accounts/update/${encodeURIComponent(account)}`;
  const answer = await ask(target, withJson("GET", below(target.url, path), { authorization: `Bearer ${token}` }));
  if (answer.status !== 200) throw unexpectedStatus(target, "GET api/v1/account/can-i", answer.status);
  if (fieldsOf(answer)["value"] === "no") throw administratorRefused(withAdministrator(target), 403);
}

async function adminSession(target: ArgoCdSpec, admin: Login): Promise<string> {
  const token = await session(target, admin);
  if (token === undefined) throw administratorRefused(withAdministrator(target), 401);
  return token;
}

/** A token of a new session; `undefined` where the password is wrong. */
async function session(target: ArgoCdSpec, { username, password }: Login): Promise<string | undefined> {
  const answer = await ask(
    target,
    withJson("POST", below(target.url, "api/v1/session"), { body: { username, password } }),
  );
  if (answer.status === 401 || answer.status === 403) return undefined;
  const { token } = fieldsOf(answer);
  if (answer.status !== 200 || typeof token !== "string" || token === "") {
    throw unexpectedStatus(target, "POST api/v1/session", answer.status);
  }
  return token;
}

/** @param sender whose session it is. */
async function update(target: ArgoCdSpec, token: string, sender: Login, login: Login): Promise<void> {
  const body = { name: login.username, currentPassword: sender.password, newPassword: login.password };
  const url = below(target.url, "api/v1/account/password");
  const request = withJson("PUT", url, { authorization: `Bearer ${token}`, body });
  // A password against `passwordPattern` is an error without a code of its own, which nothing tells from others.
  const { status } = await ask(target, request, { final: [500] });
  if (status === 200) return;
  if (status === 401 || status === 403) throw administratorRefused(withAdministrator(target), status);
  if (status === 404) {
    throw new TargetError(`there is no account ${login.username}`, "add it to argocd-cm: accounts.<name>: login");
  }
  if (status === 500) {
    throw new TargetError(
      "it answers PUT api/v1/account/password with 500: the password is against its passwordPattern (argocd-cm), or it can't write argocd-secret",
      "choose a recipe that the pattern allows, by default 8 to 32 characters, and rotate with another date",
    );
  }
  throw unexpectedStatus(target, "PUT api/v1/account/password", status);
}

/** @returns whether nothing is left to do, since the account has the new password already. */
async function changeOwn(target: ArgoCdSpec, login: Login, previous: string | undefined): Promise<boolean> {
  const { username } = login;
  const before = previous === undefined ? undefined : { username, password: previous };
  const token = before === undefined ? undefined : await session(target, before);
  if (before !== undefined && token !== undefined) {
    await update(target, token, before, login);
    return false;
  }
  // A run that was interrupted has told it already.
  if ((await session(target, login)) !== undefined) return true;
  if (before === undefined) throw noPrevious(target.name, "name an administrator");
  throw new TargetError(
    `it accepts neither the previous nor the new password of ${username}`,
    `set the password of its Secret there (argocd account update-password), or name an administrator: targets.${target.name}.administrator`,
  );
}

function withAdministrator(target: ArgoCdSpec): Administrated {
  return { ...target, administrator: target.administrator ?? "the account" };
}
