import type { ServerResponse } from "node:http";
import { messageOf } from "../../support/errors.ts";
import { answerJson, answerText, BodyTooLarge, readBody } from "../support/http.ts";
import type { GatewayRequest, GatewayResponse, Handler, Route } from "../support/route.ts";
import { type ServiceAccountVerifier, TokenRefused } from "../support/tokens.ts";
import { type Answer, AwsError, errorAnswer } from "./answers.ts";
import { authorize } from "./authorize.ts";
import { type AwsCall, operationOf, parseCall, protocolOf } from "./call.ts";
import { afterMoto, beforeMoto } from "./moto/gaps.ts";
import { type AwsEndpoint, endpointOf } from "./hosts.ts";
import { Iam } from "./iam.ts";
import { Moto } from "./moto/moto.ts";
import { PodIdentity } from "./pod-identity.ts";
import { ReplicaKeys } from "./moto/replica-keys.ts";
import { Rotations } from "./rotation.ts";
import { Sessions } from "./sessions.ts";
import { simulate } from "./simulate.ts";
import { answerSts } from "./sts.ts";

/** What the fake AWS is made of. */
export interface AwsOptions {
  /** The port of moto on 127.0.0.1. It must run and be used by nobody else. */
  readonly motoPort: number;
  /** Where state is kept, `<platform root>/clouds/aws`. */
  readonly folder: string;
  /** Issuer of the platform's service account tokens. */
  readonly issuer: string;
  readonly verify: ServiceAccountVerifier;
}

/** The fake AWS: its routes, and what else the process `clouds` needs of it. */
export interface AwsFake {
  readonly routes: readonly Route[];
  /** Whether moto answers; gives it back what it lost in a restart. */
  readonly isReady: () => Promise<boolean>;
  /** The EKS Pod Identity agent of a node: the credentials for a pod's token. */
  readonly podIdentityAgent: (authorization: string | undefined, response: ServerResponse) => Promise<void>;
  /** Says where a function that rotates secrets answers: `{ arn, url }`. */
  readonly putFunction: (body: unknown) => object;
  readonly close: () => Promise<void>;
}

/**
 * A fake of AWS in front of moto: SSM Parameter Store, Secrets Manager, KMS and IAM are moto's; who may do what, the exchange of
 * tokens, EKS Pod Identity and rotation by functions are the front's, since moto takes any token and, by default, any caller, and
 * runs functions in containers.
 */
export async function awsRoutes({ motoPort, folder, issuer, verify }: AwsOptions): Promise<AwsFake> {
  const moto = new Moto({ port: motoPort, folder });
  await moto.ensureState();
  const iam = new Iam(moto.endpoint);
  const [sessions, replicaKeys] = await Promise.all([Sessions.open(folder), ReplicaKeys.open(folder)]);
  const rotations = await Rotations.open({ folder, moto });
  const podIdentity = await PodIdentity.open({ folder, issuer, iam, sessions, verify });

  const serve = async (call: AwsCall): Promise<Answer> => {
    if (call.service === "sts") return await answerSts(call, { iam, sessions, verify });
    await authorize(call, sessions.callerOf(call), { iam, moto, replicaKeys });
    if (call.service === "eks") return await podIdentity.answer(call);
    if (call.service === "iam" && call.action === "SimulatePrincipalPolicy") return await simulate(call, iam);
    const rotation = await rotations.answer(call);
    if (rotation !== undefined) return rotation;
    const asked = await beforeMoto(call, moto);
    const answer = await moto.pass(asked.action, asked);
    if (call.service === "iam") iam.changed();
    return rotations.complete(asked, await afterMoto(asked, answer, replicaKeys));
  };

  const handler: Handler = async (request, response) => {
    const endpoint = endpointOfRequest(request);
    write(response, await answered(endpoint, request, serve));
  };
  const failing = (code: string, message: string) => (request: GatewayRequest, response: GatewayResponse) => {
    const protocol = protocolOf(endpointOfRequest(request).service);
    const name = protocol === "query" ? code.replace(/Exception$/, "") : code;
    write(response, errorAnswer(protocol, new AwsError(name, message)));
  };
  const route: Route = {
    name: "aws",
    matches: (host) => endpointOf(host) !== undefined,
    handler,
    operation: (request) => operationOf(request.headers, request.method ?? ""),
    throttled: failing("ThrottlingException", "Rate exceeded"),
    denied: failing("AccessDeniedException", "User is not authorized to perform this action (a fault of the sandbox)"),
  };
  return {
    routes: [route],
    isReady: () => moto.ensureState().catch(() => false),
    podIdentityAgent: (authorization, response) => agentAnswer(podIdentity, authorization, response),
    putFunction: (body) => rotations.putFunction(body),
    close: async () => {
      await sessions.saved();
      iam.close();
      moto.close();
    },
  };
}

async function answered(
  endpoint: AwsEndpoint,
  request: GatewayRequest,
  serve: (call: AwsCall) => Promise<Answer>,
): Promise<Answer> {
  const protocol = protocolOf(endpoint.service);
  try {
    const body = await readBody(request);
    const raw = { method: request.method ?? "", path: request.url ?? "/", headers: request.headers, body };
    const call = parseCall(endpoint, raw);
    // HTTP/2 names the host in a header of its own.
    const host = { host: `${endpoint.service}.${endpoint.region}.amazonaws.com` };
    return await serve({ ...call, headers: { ...call.headers, ...host } });
  } catch (error) {
    if (error instanceof AwsError) return errorAnswer(protocol, error);
    if (error instanceof BodyTooLarge)
      return errorAnswer(protocol, new AwsError("RequestEntityTooLarge", error.message, 413));
    const failure = new AwsError("InternalFailure", `the sandbox's fake AWS failed: ${messageOf(error)}`, 500);
    return errorAnswer(protocol, failure);
  }
}

function endpointOfRequest(request: GatewayRequest): AwsEndpoint {
  const authority = request.headers[":authority"] ?? request.headers.host ?? "";
  const endpoint = endpointOf(String(authority).split(":")[0] ?? "");
  if (endpoint === undefined) throw new Error(`no AWS service is at ${String(authority)}`);
  return endpoint;
}

function write(response: GatewayResponse, { status, headers, body }: Answer): void {
  answerText(response, status, body.toString(), headers);
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
async function agentAnswer(
  podIdentity: PodIdentity,
  token: string | undefined,
  response: ServerResponse,
): Promise<void> {
  try {
    const session = await podIdentity.assumeRole(token ?? "");
    answerJson(response, 200, {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      Token: session.token,
      Expiration: new Date(session.expiresAt).toISOString(),
    });
  } catch (error) {
    if (error instanceof AwsError)
      return answerJson(response, error.status, { code: error.code, message: error.message });
    if (!(error instanceof TokenRefused)) throw error;
    answerJson(response, 400, { code: "InvalidTokenException", message: error.message });
  }
}
