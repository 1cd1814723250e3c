import * as grpc from "@grpc/grpc-js";
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import resourceGrpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourcePb from "@pulumi/pulumi/proto/resource_pb.js";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
}

/** What a run of the program said to its engine. */
export interface Heard {
  readonly resources: Registered[];
  readonly errors: string[];
  /** Outputs of the stack, once it is complete. */
  outputs: unknown;
}

/**
 * The engine's half of the protocol, as far as the program uses it: it registers whatever it is told to, as a preview of
 * an empty stack would. It stands in for the engine where only Pulumi's Node host is under test.
 */
export async function startStandInEngine(): Promise<{ address: string; heard: Heard; stop: () => void }> {
  const heard: Heard = { resources: [], errors: [], outputs: undefined };
  const server = new grpc.Server();
  server.addService(resourceGrpc.ResourceMonitorService, monitor(heard));
  server.addService(
    engineGrpc.EngineService,
    engine(heard, () => server.forceShutdown()),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { address: `127.0.0.1:${port}`, heard, stop: () => server.forceShutdown() };
}

type Call<T> = ServerUnaryCall<T, unknown>;
type Done = sendUnaryData<unknown>;

function monitor(heard: Heard): UntypedServiceImplementation {
  return {
    supportsFeature: (_: unknown, done: Done) => {
      const response = new resourcePb.SupportsFeatureResponse();
      response.setHassupport(true);
      done(null, response);
    },
    registerResource: ({ request }: Call<resourcePb.RegisterResourceRequest>, done: Done) => {
      heard.resources.push({ type: request.getType(), name: request.getName() });
      const response = new resourcePb.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:sandbox::multicloud-secrets::${request.getType()}::${request.getName()}`);
      response.setObject(request.getObject());
      done(null, response);
    },
    registerResourceOutputs: ({ request }: Call<resourcePb.RegisterResourceOutputsRequest>, done: Done) => {
      if (request.getUrn().includes("pulumi:pulumi:Stack")) heard.outputs = request.getOutputs()?.toJavaScript();
      done(null, new emptyPb.Empty());
    },
    invoke: ({ request }: Call<resourcePb.ResourceInvokeRequest>, done: Done) => {
      const answers: Readonly<Record<string, object>> = {
        "pulumi:pulumi:readStackResourceOutputs": { name: "sandbox", outputs: {} },
        "vault:kv/getSecretsListV2:getSecretsListV2": { names: [] },
      };
      const answer = answers[request.getTok()];
      if (answer === undefined) {
        done({ code: grpc.status.UNIMPLEMENTED, details: `the stand-in engine knows no ${request.getTok()}` });
        return;
      }
      const response = new resourcePb.ResourceInvokeResponse();
      response.setReturn(structPb.Struct.fromJavaScript(answer as Record<string, structPb.JavaScriptValue>));
      done(null, response);
    },
    registerResourceHook: empty,
    registerErrorHook: empty,
    signalAndWaitForShutdown: empty,
  };
}

function engine(heard: Heard, hangUp: () => void): UntypedServiceImplementation {
  return {
    log: ({ request }: Call<enginePb.LogRequest>, done: Done) => {
      if (request.getSeverity() === enginePb.LogSeverity.ERROR) heard.errors.push(request.getMessage());
      done(null, new emptyPb.Empty());
      // A failed program does not close its connections, and its process ends with them: a real engine hangs up too.
      if (heard.errors.length > 0) setTimeout(hangUp, 100);
    },
    getRootResource: (_: unknown, done: Done) => {
      done(null, new enginePb.GetRootResourceResponse());
    },
    setRootResource: (_: unknown, done: Done) => {
      done(null, new enginePb.SetRootResourceResponse());
    },
  };
}

function empty(_: unknown, done: Done): void {
  done(null, new emptyPb.Empty());
}
