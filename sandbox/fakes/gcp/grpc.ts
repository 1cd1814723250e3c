import {
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { messageOf } from "../../support/errors.ts";
import type { Caller, Callers } from "./identity/callers.ts";
import { GcpError, STATUS } from "./errors.ts";
import { type MethodType, serviceOf, statusDetails } from "./proto.ts";
import type { Method } from "./secret-manager/methods.ts";

/** A service over gRPC: its proto, and what its methods do. */
export interface GrpcService {
  /** The npm package of Google's that has the proto. */
  readonly packageName: string;
  readonly service: string;
  readonly methods: Readonly<Record<string, Method>>;
}

/** Serves over HTTP/2 without TLS, which the gateway ends; answers the port. */
export async function startGrpc(
  services: readonly GrpcService[],
  callers: Callers,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = new Server();
  for (const { packageName, service, methods } of services) {
    const types = serviceOf(packageName, service);
    server.addService(definition(types), implementation(types, methods, callers));
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { port, close: () => server.forceShutdown() };
}

function definition(types: Record<string, MethodType>): ServiceDefinition {
  const entries = Object.entries(types).map(([name, { path, request, response }]) => [
    name,
    {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: request.encode,
      requestDeserialize: request.decode,
      responseSerialize: response.encode,
      responseDeserialize: response.decode,
    },
  ]);
  return Object.fromEntries(entries) as ServiceDefinition;
}

function implementation(
  types: Record<string, MethodType>,
  methods: Readonly<Record<string, Method>>,
  callers: Callers,
): UntypedServiceImplementation {
  const served: UntypedServiceImplementation = {};
  for (const name of Object.keys(types)) {
    const method = methods[name];
    if (method === undefined) continue;
    served[name] = (call: Call, callback: Callback) => {
      answer(method, call, callers).then(
        (response) => callback(null, response),
        (error: unknown) => callback(failure(error)),
      );
    };
  }
  return served;
}

interface Call {
  readonly request: unknown;
  readonly metadata: Metadata;
}

type Callback = (error: object | null, response?: unknown) => void;

async function answer(method: Method, call: Call, callers: Callers): Promise<unknown> {
  const [authorization] = call.metadata.get("authorization");
  const caller: Caller = callers.identify(authorization?.toString());
  return method(caller, call.request);
}

function failure(error: unknown): object {
  const metadata = new Metadata();
  if (!(error instanceof GcpError)) return { code: STATUS.INTERNAL.grpc, details: messageOf(error), metadata };
  const code = STATUS[error.status].grpc;
  if (error.info !== undefined) metadata.add("grpc-status-details-bin", statusDetails(code, error.message, error.info));
  return { code, details: error.message, metadata };
}
