/**
 * The one place that touches the SDK's generated protocol modules: CommonJS, and typed only where protoc-gen-ts was.
 */
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";

export { anyPb, emptyPb, engineGrpc, enginePb, pluginPb, providerPb, statusPb };

/** The `pulumirpc.ResourceProvider` service. */
export const ResourceProviderService = providerGrpc.ResourceProviderService;
