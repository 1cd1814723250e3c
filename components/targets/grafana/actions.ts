import { TargetError, type ExamineArgs, type Login, type TellArgs, type VerifyArgs } from "../kind.ts";
import {
  administratorRefused,
  ask,
  basic,
  below,
  fieldsOf,
  noPrevious,
  unexpectedStatus,
  withJson,
} from "../web/ask.ts";
import type { GrafanaSpec } from "./spec.ts";

/*
 * https://grafana.com/docs/grafana/latest/developers/http_api/admin/#password-for-user
 * https://grafana.com/docs/grafana/latest/developers/http_api/user/#get-single-user-by-usernamelogin-or-email,
 * #change-password, #actual-user. Statuses as `pkg/api/admin_users.go` and `pkg/api/user.go` of Grafana have them.
 */

/** Sets the password of a user, and logs in with it. */
export async function tell({ target, administrator, login, previous }: TellArgs<GrafanaSpec>): Promise<void> {
  if (target.administrator === undefined) {
    if (await changeOwn(target, login, previous)) return;
  } else {
    const admin = { username: target.administrator, password: administrator };
    const id = await userId(target, admin, login.username);
    await setPassword(target, admin, id, login);
  }
  if (await logsIn(target, login)) return;
  throw new TargetError(`it has the new password of user ${login.username}, and a login with it fails`, basicIsOff, {
    isTold: true,
  });
}

/** Logs in as the user. */
export async function verify({ target, login }: VerifyArgs<GrafanaSpec>): Promise<void> {
  if (await logsIn(target, login)) return;
  throw new TargetError(`a login of user ${login.username} fails`, basicIsOff);
}

const basicIsOff =
  "allow basic authentication there (auth.basic), and see whether the user is locked after failed logins";

/** Finds out whether the administrator could set the password of a user. A user that sets its own is not looked for. */
export async function examine({ target, administrator, account }: ExamineArgs<GrafanaSpec>): Promise<void> {
  if (target.administrator === undefined) {
    // https://grafana.com/docs/grafana/latest/developers/http_api/other/#health-api
    const { status } = await ask(target, withJson("GET", below(target.url, "api/health"), {}));
    if (status !== 200) throw unexpectedStatus(target, "GET api/health", status);
    return;
  }
  await userId(target, { username: target.administrator, password: administrator }, account);
}

async function userId(target: GrafanaSpec, admin: Login, username: string): Promise<number> {
  const path = `api/users/lookup?loginOrEmail=${encodeURIComponent(username)}`;
  const authorization = basic(admin.username, admin.password);
  const answer = await ask(target, withJson("GET", below(target.url, path), { authorization }));
  if (answer.status === 401 || answer.status === 403) throw refused(target, answer.status);
  const { id, login, isExternal, isDisabled } = fieldsOf(answer);
  // A user whose e-mail address is this name is somebody else.
  if (answer.status === 404 || (answer.status === 200 && login !== username)) {
    throw new TargetError(
      `it knows no user ${username}`,
      `create it there, with the rights that it needs, or correct targets.${target.name}.url`,
    );
  }
  if (answer.status !== 200 || typeof id !== "number") {
    throw unexpectedStatus(target, "GET api/users/lookup", answer.status);
  }
  if (isExternal === true) {
    throw new TargetError(
      `user ${username} logs in by another system, and Grafana keeps no password of it`,
      "take it out of accounts, or name a user of Grafana's own",
    );
  }
  if (isDisabled === true) throw new TargetError(`user ${username} is disabled`, "enable it there");
  return id;
}

async function setPassword(target: GrafanaSpec, admin: Login, id: number, { password }: Login): Promise<void> {
  const authorization = basic(admin.username, admin.password);
  const url = below(target.url, `api/admin/users/${id}/password`);
  const { status } = await ask(target, withJson("PUT", url, { authorization, body: { password } }));
  if (status === 200) return;
  if (status === 401 || status === 403) throw refused(target, status);
  throw status === 400 ? againstPolicy() : unexpectedStatus(target, "PUT api/admin/users/<id>/password", status);
}

/** @returns whether nothing is left to do, since the user has the new password already. */
async function changeOwn(target: GrafanaSpec, login: Login, previous: string | undefined): Promise<boolean> {
  if (previous === undefined) {
    if (await logsIn(target, login)) return true;
    throw noPrevious(target.name, "name a server administrator");
  }
  const url = below(target.url, "api/user/password");
  const body = { oldPassword: previous, newPassword: login.password, confirmNew: login.password };
  const { status } = await ask(target, withJson("PUT", url, { authorization: basic(login.username, previous), body }));
  if (status === 200) return false;
  // A run that was interrupted has told it already.
  if (await logsIn(target, login)) return true;
  if (status === 401) {
    throw new TargetError(
      `it accepts neither the previous nor the new password of ${login.username}`,
      `set the password of its Secret there (grafana cli admin reset-admin-password), or name a server administrator: targets.${target.name}.administrator`,
    );
  }
  throw status === 400 ? againstPolicy() : unexpectedStatus(target, "PUT api/user/password", status);
}

async function logsIn(target: GrafanaSpec, { username, password }: Login): Promise<boolean> {
  const authorization = basic(username, password);
  const { status } = await ask(target, withJson("GET", below(target.url, "api/user"), { authorization }));
  if (status === 200) return true;
  if (status === 401 || status === 403) return false;
  throw unexpectedStatus(target, "GET api/user", status);
}

function refused(target: GrafanaSpec, status: number): TargetError {
  return administratorRefused({ ...target, administrator: target.administrator ?? "" }, status);
}

function againstPolicy(): TargetError {
  return new TargetError(
    "it refuses the new password (400), as too short or against its password policy",
    "choose a recipe that the policy allows (auth.basic.password_policy), and rotate with another date",
  );
}
