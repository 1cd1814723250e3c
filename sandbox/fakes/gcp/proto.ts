import { createRequire } from "node:module";
import { fromProto3JSON, toProto3JSON } from "proto3-json-serializer";
import protobuf from "protobufjs";

/** A message type, read from and written to JSON as Google's APIs do over REST. */
export interface MessageType {
  readonly decode: (bytes: Buffer) => unknown;
  readonly encode: (json: unknown) => Buffer;
}

/** One method of a service. */
export interface MethodType {
  readonly path: string;
  readonly request: MessageType;
  readonly response: MessageType;
}

/** The methods of a service of one of Google's client packages, by name. */
export function serviceOf(packageName: string, service: string): Record<string, MethodType> {
  const require = createRequire(import.meta.url);
  const root = protobuf.Root.fromJSON(
    require(`${packageName}/build/protos/protos.json`) as protobuf.INamespace,
  ).resolveAll();
  const methods = root.lookupService(service).methodsArray;
  return Object.fromEntries(
    methods.map((method) => {
      method.resolve();
      const { resolvedRequestType: request, resolvedResponseType: response } = method;
      if (request === null || response === null) throw new Error(`${service}.${method.name} has no types`);
      const path = `/${service}/${method.name}`;
      return [method.name, { path, request: messageType(request), response: messageType(response) }];
    }),
  );
}

/** `google.rpc.Status` with an `ErrorInfo`, as the trailer `grpc-status-details-bin` carries it. */
export function statusDetails(
  code: number,
  message: string,
  info: { reason: string; domain: string; metadata: object },
): Buffer {
  const errorInfo = STATUS_ROOT.lookupType("google.rpc.ErrorInfo");
  const status = STATUS_ROOT.lookupType("google.rpc.Status");
  const value = errorInfo.encode(errorInfo.create(info)).finish();
  const details = [{ type_url: "type.googleapis.com/google.rpc.ErrorInfo", value }];
  return Buffer.from(status.encode(status.create({ code, message, details })).finish());
}

// https://github.com/googleapis/googleapis/tree/master/google/rpc: the packages hold Status, but not ErrorInfo.
const STATUS_ROOT = protobuf.parse(
  `syntax = "proto3"; package google.rpc;
   message Any { string type_url = 1; bytes value = 2; }
   message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
   message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }`,
  { keepCase: true },
).root;

function messageType(type: protobuf.Type): MessageType {
  return {
    decode: (bytes) => toProto3JSON(type.decode(bytes)),
    encode: (json) => {
      const message = fromProto3JSON(type, json as Parameters<typeof fromProto3JSON>[1]);
      return Buffer.from(type.encode(message ?? type.create()).finish());
    },
  };
}
