import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { InitializationFailed, messageOf, NotInStandIn } from "./errors.ts";
import { anyPb, providerPb, statusPb } from "./proto.ts";
import { encode } from "./wire.ts";

/** What a handler that failed answers over gRPC. */
export function toServiceError(error: unknown): ServiceError {
  const message = messageOf(error);
  if (error instanceof InitializationFailed) return initializationFailed(error);
  const code = error instanceof NotInStandIn ? status.UNIMPLEMENTED : status.UNKNOWN;
  return serviceError({ code, details: message, metadata: new Metadata() });
}

/** The answer for a method of the protocol that this plugin does not have. */
export function unimplemented(method: string): ServiceError {
  return serviceError({
    code: status.UNIMPLEMENTED,
    details: `Not yet implemented: ${method}`,
    metadata: new Metadata(),
  });
}

// The engine keeps a half-made resource only if the error carries this detail (pulumi/pulumi, provider_plugin.go, parseError).
function initializationFailed(error: InitializationFailed): ServiceError {
  const { id, outputs, inputs, reasons } = error.partial;
  const detail = new providerPb.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(encode(outputs));
  detail.setReasonsList([...reasons]);
  if (inputs !== undefined) detail.setInputs(encode(inputs));

  const any = new anyPb.Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rpcStatus = new statusPb.Status();
  rpcStatus.setCode(status.UNKNOWN);
  rpcStatus.setMessage(error.message);
  rpcStatus.addDetails(any);

  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(rpcStatus.serializeBinary()));
  return serviceError({ code: status.UNKNOWN, details: error.message, metadata });
}

function serviceError(parts: Pick<ServiceError, "code" | "details" | "metadata">): ServiceError {
  return Object.assign(new Error(parts.details), parts);
}
