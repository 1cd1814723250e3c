/** Service accounts: https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Caller, Callers } from "./callers.ts";
import { GcpError, permissionDenied } from "../errors.ts";
import { NO_POLICY, policyJson, renameMember, replacePolicy } from "./policy.ts";
import type { Project, Projects } from "../projects.ts";
import { invalid, parse } from "../secret-manager/rules.ts";
import type { GcpState, StoredAccount } from "../state.ts";

const described = z.strictObject({
  displayName: z.string().max(100).optional(),
  description: z.string().max(256).optional(),
  etag: z.string().optional(),
  name: z.string().optional(),
});
const created = z.strictObject({ accountId: z.string(), serviceAccount: described.default({}) });
const patched = z.strictObject({ serviceAccount: described, updateMask: z.string() });
const ACCOUNT_ID = /^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/;

/** The service accounts of all projects. */
export class Accounts {
  private readonly state: GcpState;
  private readonly projects: Projects;
  private readonly callers: Callers;
  private made = 0;

  constructor(parts: { state: GcpState; projects: Projects; callers: Callers }) {
    this.state = parts.state;
    this.projects = parts.projects;
    this.callers = parts.callers;
  }

  async create(caller: Caller, projectId: string, body: unknown): Promise<unknown> {
    const { accountId, serviceAccount } = parse(created, body);
    const found = this.projects.find(projectId);
    const project = this.callers.requireIam(caller, "iam.serviceAccounts.create", found, `projects/${projectId}`);
    if (!ACCOUNT_ID.test(accountId)) {
      throw invalid(`Account id ${accountId} must match [a-z]([-a-z0-9]*[a-z0-9]) and have 6 to 30 characters.`);
    }
    const email = `${accountId}@${project.id}.iam.gserviceaccount.com`;
    if (this.state.data.accounts[email] !== undefined) {
      const name = `projects/${project.id}/serviceAccounts/${email}`;
      throw new GcpError(
        "ALREADY_EXISTS",
        `Service account ${accountId} already exists within project ${name.split("/serviceAccounts/")[0] ?? ""}.`,
      );
    }
    this.made += 1;
    // An account of the same name is another one: its id is not the old one's.
    const digest = createHash("sha256").update(`${email} ${Date.now()} ${this.made}`).digest();
    const { displayName, description } = serviceAccount;
    const account: StoredAccount = {
      project: project.number,
      email,
      uniqueId: `1${String(digest.readBigUInt64BE()).padStart(20, "0")}`,
      policy: NO_POLICY,
      ...(displayName === undefined ? {} : { displayName }),
      ...(description === undefined ? {} : { description }),
    };
    this.state.data.accounts[email] = account;
    await this.state.commit();
    return this.json(project, account);
  }

  get(caller: Caller, name: string): unknown {
    const { project, account } = this.found(caller, "get", name);
    return this.json(project, account);
  }

  async patch(caller: Caller, name: string, body: unknown): Promise<unknown> {
    const { project, account } = this.found(caller, "update", name);
    const { serviceAccount, updateMask } = parse(patched, body);
    for (const path of updateMask.split(",")) {
      if (path === "description") account.description = serviceAccount.description ?? "";
      else if (path === "display_name" || path === "displayName")
        account.displayName = serviceAccount.displayName ?? "";
      else throw invalid(`Field ${path} of a service account cannot be updated.`);
    }
    await this.state.commit();
    return this.json(project, account);
  }

  /** Enables or disables. */
  async switch(caller: Caller, name: string, verb: "enable" | "disable"): Promise<unknown> {
    const { account } = this.found(caller, verb, name);
    account.disabled = verb === "disable";
    await this.state.commit();
    return {};
  }

  /** Deletes; policies keep the account as `deleted:`, so that one of the same name gets none of its rights. */
  async delete(caller: Caller, name: string): Promise<unknown> {
    const { account } = this.found(caller, "delete", name);
    const from = `serviceAccount:${account.email}`;
    const to = `deleted:${from}?uid=${account.uniqueId}`;
    const { secrets, accounts } = this.state.data;
    for (const holder of [...Object.values(secrets), ...Object.values(accounts)]) {
      holder.policy = renameMember(holder.policy, from, to);
    }
    delete accounts[account.email];
    await this.state.commit();
    return {};
  }

  getPolicy(caller: Caller, name: string): unknown {
    return policyJson(this.found(caller, "getIamPolicy", name).account.policy);
  }

  async setPolicy(caller: Caller, name: string, policy: unknown): Promise<unknown> {
    const { account } = this.found(caller, "setIamPolicy", name);
    account.policy = replacePolicy(account.policy, policy, (member) => this.callers.problemOf(member));
    await this.state.commit();
    return policyJson(account.policy);
  }

  /** The account, for someone who may take tokens in its name. */
  impersonated(caller: Caller, email: string): StoredAccount {
    const account = this.state.data.accounts[email];
    const project = account === undefined ? undefined : this.projects.find(account.project);
    const permission = "iam.serviceAccounts.getAccessToken";
    if (account === undefined || !this.callers.may(caller, permission, project, account.policy)) {
      throw permissionDenied(permission, email, `Permission '${permission}' denied on resource (or it may not exist).`);
    }
    if (account.disabled === true) throw new GcpError("FAILED_PRECONDITION", "Service account is disabled.");
    return account;
  }

  private found(caller: Caller, verb: string, name: string): { project: Project; account: StoredAccount } {
    const [, projectId = "", id = ""] = /^projects\/([^/]+)\/serviceAccounts\/([^/]+)$/.exec(name) ?? [];
    // "-" stands for "whichever project the account is in".
    const known = Object.values(this.state.data.accounts).find(
      ({ email, uniqueId }) => email === id || uniqueId === id,
    );
    const owner = this.projects.find(projectId === "-" ? (known?.project ?? "") : projectId);
    const account = known?.project === owner?.number ? known : undefined;
    const project = this.callers.requireIam(caller, `iam.serviceAccounts.${verb}`, owner, name, account?.policy);
    if (account === undefined) throw new GcpError("NOT_FOUND", `Unknown service account`);
    return { project, account };
  }

  private json(project: Project, account: StoredAccount): unknown {
    const { email, uniqueId, displayName, description, disabled } = account;
    return {
      name: `projects/${project.id}/serviceAccounts/${email}`,
      projectId: project.id,
      uniqueId,
      email,
      oauth2ClientId: uniqueId,
      etag: "MDEwMjE5MjA=",
      ...(displayName === undefined || displayName === "" ? {} : { displayName }),
      ...(description === undefined || description === "" ? {} : { description }),
      ...(disabled === true ? { disabled } : {}),
    };
  }
}
