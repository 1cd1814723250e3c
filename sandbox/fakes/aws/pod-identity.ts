import { randomBytes } from "node:crypto";
import path from "node:path";
import { PRIVATE_MODE, readJson, writeJson } from "../../support/files.ts";
import type { ServiceAccountVerifier } from "../support/tokens.ts";
import { EKS_CLUSTER, POD_IDENTITY_AUDIENCE } from "./account.ts";
import { type Answer, AwsError, jsonAnswer } from "./answers.ts";
import { arnOf, type AwsCall, textOf } from "./call.ts";
import type { IamReader } from "./iam.ts";
import { evaluate } from "./policy.ts";
import type { Session, Sessions } from "./sessions.ts";

/** One association, as the EKS API shows it. https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html */
interface Association {
  readonly associationArn: string;
  readonly associationId: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

const NO_ASSOCIATION = "ResourceNotFoundException";

/** What EKS' pod identity is made of; moto's EKS has none. */
export interface PodIdentityParts {
  readonly folder: string;
  readonly issuer: string;
  readonly iam: IamReader;
  readonly sessions: Sessions;
  readonly verify: ServiceAccountVerifier;
}

/**
 * A fake of the part of EKS that a program needs for pod identity, for one cluster, "sandbox": associations, what DescribeCluster
 * says, and the exchange that the agent on each node makes. Tags that name a pod are left out: the operator's pod is a process here.
 */
export class PodIdentity {
  readonly #parts: PodIdentityParts;
  #associations: readonly Association[];

  private constructor(parts: PodIdentityParts, associations: readonly Association[]) {
    this.#parts = parts;
    this.#associations = associations;
  }

  static async open(parts: PodIdentityParts): Promise<PodIdentity> {
    const stored = (await readJson(fileOf(parts.folder))) as readonly Association[] | undefined;
    return new PodIdentity(parts, stored ?? []);
  }

  /** Answers the EKS API. */
  async answer(call: AwsCall): Promise<Answer> {
    const [method = "", url = ""] = call.action.split(" ");
    const [, root, cluster = "", kind, id] = url.split("/").map(decodeURIComponent);
    if (root === "tags") return await this.#retag(url, call);
    if (root !== "clusters" || cluster === "") throw unknownOperation(call.action);
    if (cluster !== EKS_CLUSTER) throw new AwsError(NO_ASSOCIATION, `No cluster found for name: ${cluster}.`, 404);
    if (kind === undefined && method === "GET") return this.#describeCluster(call);
    if (kind !== "pod-identity-associations") throw unknownOperation(call.action);
    if (id === undefined) return method === "POST" ? await this.#create(call) : this.#list(call);
    switch (method) {
      case "GET":
        return jsonAnswer({ association: this.#find(id) });
      case "POST":
        return await this.#update(id, call);
      case "DELETE":
        return await this.#remove(id);
      default:
        throw unknownOperation(call.action);
    }
  }

  /**
   * What the agent does with a pod's token: https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html.
   * The role must trust pods.eks.amazonaws.com for both actions, and all tags of the session go on to the next role.
   */
  async assumeRole(token: string): Promise<Session> {
    const { iam, sessions, verify } = this.#parts;
    const { namespace, serviceAccount } = await verify(token, POD_IDENTITY_AUDIENCE);
    const found = this.#associations.find(
      (each) => each.namespace === namespace && each.serviceAccount === serviceAccount,
    );
    if (found === undefined) {
      const message = `No pod identity association for service account ${namespace}/${serviceAccount}`;
      throw new AwsError(NO_ASSOCIATION, message, 404);
    }
    const role = await iam.role(found.roleArn);
    const clusterArn = found.associationArn.replace(/podidentityassociation\/.*$/, `cluster/${found.clusterName}`);
    const tags = {
      "eks-cluster-arn": clusterArn,
      "eks-cluster-name": found.clusterName,
      "kubernetes-namespace": namespace,
      "kubernetes-service-account": serviceAccount,
    };
    const context = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
    const asker = { type: "Service", names: [POD_IDENTITY_AUDIENCE] } as const;
    const trusts = (action: string) =>
      role !== undefined &&
      evaluate([role.trust], {
        action,
        resource: role.arn,
        asker,
        context: { ...context, "aws:SourceArn": clusterArn },
      }).decision === "allow";
    if (role === undefined || !trusts("sts:AssumeRole") || !trusts("sts:TagSession")) {
      throw new AwsError(
        "AccessDeniedException",
        `Unauthorized Exception! EKS does not have permissions to assume the associated role.`,
      );
    }
    const sessionName =
      `eks-${found.clusterName}-${serviceAccount}`.slice(0, 50) + `-${randomBytes(4).toString("hex")}`;
    return await sessions.start({ role, sessionName, seconds: 3600, tags, transitive: Object.keys(tags) });
  }

  #describeCluster(call: AwsCall): Answer {
    const arn = arnOf(call, `cluster/${EKS_CLUSTER}`);
    const identity = { oidc: { issuer: this.#parts.issuer } };
    return jsonAnswer({
      cluster: { name: EKS_CLUSTER, arn, identity, endpoint: this.#parts.issuer, status: "ACTIVE" },
    });
  }

  #list(call: AwsCall): Answer {
    const query = new URLSearchParams(call.path.split("?")[1] ?? "");
    const fits = (each: Association, name: "namespace" | "serviceAccount") => {
      const wanted = query.get(name);
      return wanted === null || each[name] === wanted;
    };
    const associations = this.#associations.filter((each) => fits(each, "namespace") && fits(each, "serviceAccount"));
    return jsonAnswer({ associations });
  }

  async #create(call: AwsCall): Promise<Answer> {
    const [namespace, serviceAccount] = [textOf(call.input, "namespace"), textOf(call.input, "serviceAccount")];
    const taken = this.#associations.find(
      (each) => each.namespace === namespace && each.serviceAccount === serviceAccount,
    );
    if (taken !== undefined) {
      throw new AwsError("ResourceInUseException", `Association already exists: ${taken.associationId}`, 409);
    }
    const associationId = `a-${randomBytes(10).toString("hex").slice(0, 17)}`;
    const now = Math.floor(Date.now() / 1000);
    const association: Association = {
      associationArn: arnOf(call, `podidentityassociation/${EKS_CLUSTER}/${associationId}`),
      ...{ associationId, clusterName: EKS_CLUSTER, namespace, serviceAccount, createdAt: now, modifiedAt: now },
      ...{ roleArn: textOf(call.input, "roleArn"), tags: (call.input["tags"] ?? {}) as Association["tags"] },
    };
    await this.#write([...this.#associations, association]);
    return jsonAnswer({ association });
  }

  async #update(id: string, call: AwsCall): Promise<Answer> {
    const old = this.#find(id);
    const roleArn = textOf(call.input, "roleArn") || old.roleArn;
    const association = { ...old, roleArn, modifiedAt: Math.floor(Date.now() / 1000) };
    await this.#write(this.#associations.map((each) => (each === old ? association : each)));
    return jsonAnswer({ association });
  }

  async #remove(id: string): Promise<Answer> {
    const association = this.#find(id);
    await this.#write(this.#associations.filter((each) => each !== association));
    return jsonAnswer({ association });
  }

  async #retag(url: string, call: AwsCall): Promise<Answer> {
    const arn = decodeURIComponent(url.replace(/^\/tags\//, ""));
    const old = this.#associations.find(({ associationArn }) => associationArn === arn);
    if (old === undefined) throw new AwsError(NO_ASSOCIATION, `No resource found for ${arn}.`, 404);
    const removed = new URLSearchParams(call.path.split("?")[1] ?? "").getAll("tagKeys");
    const kept = Object.entries(old.tags).filter(([key]) => call.method !== "DELETE" || !removed.includes(key));
    const added = call.method === "POST" ? ((call.input["tags"] ?? {}) as Association["tags"]) : {};
    const association = { ...old, tags: { ...Object.fromEntries(kept), ...added } };
    await this.#write(this.#associations.map((each) => (each === old ? association : each)));
    return jsonAnswer({});
  }

  #find(id: string): Association {
    const found = this.#associations.find(({ associationId }) => associationId === id);
    if (found !== undefined) return found;
    throw new AwsError(NO_ASSOCIATION, `No association found for id: ${id}.`, 404);
  }

  async #write(associations: readonly Association[]): Promise<void> {
    this.#associations = associations;
    await writeJson(fileOf(this.#parts.folder), associations, PRIVATE_MODE);
  }
}

function fileOf(folder: string): string {
  return path.join(folder, "pod-identity-associations.json");
}

function unknownOperation(action: string): AwsError {
  return new AwsError("UnknownOperationException", `The sandbox's EKS does not know ${action}`, 404);
}
