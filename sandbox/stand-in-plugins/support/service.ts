import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Message } from "google-protobuf";
import { Engine, SILENT } from "./engine.ts";
import { emptyPb, pluginPb, providerPb } from "./proto.ts";
import type { DiffKind, DiffResult, ResourceRequest, StandInProvider } from "./provider.ts";
import { toServiceError, unimplemented } from "./status.ts";
import { mapWithoutNulls } from "./values.ts";
import { decode, encode } from "./wire.ts";

/** What a service needs besides the plugin itself. */
export interface ServiceOptions {
  readonly version: string;
  /** Where the engine listens; absent when the plugin was started by hand. */
  readonly engineAddress?: string;
}

type Handler<Request> = (request: Request) => Message | Promise<Message>;

// Every method that the engine may call; what a stand-in has no use for is answered as unimplemented, which the engine tolerates.
const UNIMPLEMENTED = ["parameterize", "getSchema", "call", "construct", "getMapping", "getMappings"];

const KINDS: Record<DiffKind, keyof typeof providerPb.PropertyDiff.Kind> = {
  add: "ADD",
  "add-replace": "ADD_REPLACE",
  delete: "DELETE",
  "delete-replace": "DELETE_REPLACE",
  update: "UPDATE",
  "update-replace": "UPDATE_REPLACE",
};

/** Translates between the engine's protocol and a {@link StandInProvider}. */
export function serviceFor(provider: StandInProvider, options: ServiceOptions): UntypedServiceImplementation {
  const cancel = new AbortController();
  let engine = options.engineAddress === undefined ? undefined : new Engine(options.engineAddress);

  const about = (request: { getUrn(): string; getName(): string; getType(): string }): ResourceRequest => {
    const urn = request.getUrn();
    return {
      urn,
      type: request.getType() || typeOf(urn),
      name: request.getName() || (urn.split("::").at(-1) ?? ""),
      log: engine?.logFor(urn) ?? SILENT,
      signal: cancel.signal,
    };
  };

  const service: UntypedServiceImplementation = {
    handshake: unary(() => {
      const response = new providerPb.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),

    checkConfig: unary(async (request: InstanceType<typeof providerPb.CheckRequest>) => {
      const result = await provider.checkConfig(decode(request.getNews()));
      return checkResponse(result.inputs, result.failures ?? []);
    }),

    diffConfig: unary(async (request: InstanceType<typeof providerPb.DiffRequest>) =>
      diffResponse(
        await provider.diffConfig(decode(request.getOldInputs() ?? request.getOlds()), decode(request.getNews())),
      ),
    ),

    configure: unary(async (request: InstanceType<typeof providerPb.ConfigureRequest>) => {
      await provider.configure(mapWithoutNulls(decode(request.getArgs())));
      const response = new providerPb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),

    check: unary(async (request: InstanceType<typeof providerPb.CheckRequest>) => {
      const resource = about(request);
      const result = await provider.resource(resource.type).check({
        ...resource,
        oldInputs: mapWithoutNulls(decode(request.getOlds())),
        newInputs: mapWithoutNulls(decode(request.getNews())),
        randomSeed: request.getRandomseed_asU8(),
      });
      return checkResponse(result.inputs, result.failures ?? []);
    }),

    diff: unary(async (request: InstanceType<typeof providerPb.DiffRequest>) => {
      const resource = about(request);
      return diffResponse(
        await provider.resource(resource.type).diff({
          ...resource,
          id: request.getId(),
          oldInputs: mapWithoutNulls(decode(request.getOldInputs())),
          oldOutputs: mapWithoutNulls(decode(request.getOlds())),
          newInputs: mapWithoutNulls(decode(request.getNews())),
          ignoreChanges: request.getIgnorechangesList(),
        }),
      );
    }),

    create: unary(async (request: InstanceType<typeof providerPb.CreateRequest>) => {
      const resource = about(request);
      const created = await provider.resource(resource.type).create({
        ...resource,
        inputs: mapWithoutNulls(decode(request.getProperties())),
        timeoutSeconds: request.getTimeout(),
        preview: request.getPreview(),
      });
      const response = new providerPb.CreateResponse();
      response.setId(created.id);
      response.setProperties(encode(created.outputs));
      return response;
    }),

    read: unary(async (request: InstanceType<typeof providerPb.ReadRequest>) => {
      const resource = about(request);
      const found = await provider.resource(resource.type).read({
        ...resource,
        id: request.getId(),
        oldInputs: mapWithoutNulls(decode(request.getInputs())),
        oldOutputs: mapWithoutNulls(decode(request.getProperties())),
      });
      const response = new providerPb.ReadResponse();
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(encode(found.outputs));
      response.setInputs(encode(found.inputs));
      return response;
    }),

    update: unary(async (request: InstanceType<typeof providerPb.UpdateRequest>) => {
      const resource = about(request);
      const outputs = await provider.resource(resource.type).update({
        ...resource,
        id: request.getId(),
        oldInputs: mapWithoutNulls(decode(request.getOldInputs())),
        oldOutputs: mapWithoutNulls(decode(request.getOlds())),
        newInputs: mapWithoutNulls(decode(request.getNews())),
        ignoreChanges: request.getIgnorechangesList(),
        timeoutSeconds: request.getTimeout(),
        preview: request.getPreview(),
      });
      const response = new providerPb.UpdateResponse();
      response.setProperties(encode(outputs));
      return response;
    }),

    delete: unary(async (request: InstanceType<typeof providerPb.DeleteRequest>) => {
      const resource = about(request);
      await provider.resource(resource.type).delete({
        ...resource,
        id: request.getId(),
        oldInputs: mapWithoutNulls(decode(request.getOldInputs())),
        oldOutputs: mapWithoutNulls(decode(request.getProperties())),
        timeoutSeconds: request.getTimeout(),
      });
      return new emptyPb.Empty();
    }),

    invoke: unary(async (request: InstanceType<typeof providerPb.InvokeRequest>) => {
      const result = await provider.invoke({
        token: request.getTok(),
        args: mapWithoutNulls(decode(request.getArgs())),
        preview: request.getPreview(),
        log: engine?.logFor("") ?? SILENT,
        signal: cancel.signal,
      });
      const response = new providerPb.InvokeResponse();
      response.setReturn(encode(result));
      return response;
    }),

    cancel: unary(() => {
      cancel.abort();
      return new emptyPb.Empty();
    }),

    getPluginInfo: unary(() => {
      const info = new pluginPb.PluginInfo();
      info.setVersion(options.version);
      return info;
    }),

    attach: unary((request: InstanceType<typeof pluginPb.PluginAttach>) => {
      engine?.close();
      engine = new Engine(request.getAddress());
      return new emptyPb.Empty();
    }),

    list: (call: { emit: (event: "error", error: Error) => void }) => call.emit("error", unimplemented("list")),
  };
  for (const method of UNIMPLEMENTED) {
    service[method] = (_call: unknown, callback: sendUnaryData<Message>) => callback(unimplemented(method));
  }
  return service;
}

function unary<Request extends Message>(handler: Handler<Request>) {
  return (call: ServerUnaryCall<Request, Message>, callback: sendUnaryData<Message>): void => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(error)),
      );
  };
}

function checkResponse(
  inputs: Parameters<typeof encode>[0],
  failures: readonly { property: string; reason: string }[],
) {
  const response = new providerPb.CheckResponse();
  response.setInputs(encode(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new providerPb.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

function diffResponse(diff: DiffResult) {
  const response = new providerPb.DiffResponse();
  const entries = Object.entries(diff.detailed);
  const replaces = diff.replaces ?? entries.filter(([, { kind }]) => kind.endsWith("-replace")).map(([path]) => path);
  const changed = entries.length > 0 || replaces.length > 0;
  const { DIFF_NONE, DIFF_SOME } = providerPb.DiffResponse.DiffChanges;
  response.setChanges(changed ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList([...replaces]);
  response.setDiffsList(entries.map(([path]) => topLevel(path)));
  response.setDeletebeforereplace(diff.deleteBeforeReplace ?? false);
  response.setHasdetaileddiff(true);
  for (const [path, { kind, inputDiff }] of entries) {
    const property = new providerPb.PropertyDiff();
    property.setKind(providerPb.PropertyDiff.Kind[KINDS[kind]]);
    property.setInputdiff(inputDiff ?? false);
    response.getDetaileddiffMap().set(path, property);
  }
  return response;
}

function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

// urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}
