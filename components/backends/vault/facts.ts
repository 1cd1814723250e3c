import { z } from "zod";
import { pem, secretName, url } from "../../support/facts.ts";
import { secretKey as secretKeyPattern } from "../../support/naming.ts";
import type { StoreChoices } from "../backend.ts";
import { values, writeOnly } from "../facts.ts";
import { authTypes } from "./auth-types.ts";
import { credentialsOf, databaseCredentials } from "./credentials-facts.ts";
import { authMethod, checkMethods, checkSecretId, methodsOf } from "./method-facts.ts";
import { authMountFact, authNamespaceFact, mountFact, namespaceFact, vaultPathFact } from "./path.ts";
import type { VaultAuditDevice, VaultKvSpec } from "./kv.ts";

/** Where Vault writes down who asked for what. */
const auditDevice = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("file"), path: vaultPathFact.default("file"), filePath: z.string().min(1) }),
  z.strictObject({
    type: z.literal("socket"),
    path: vaultPathFact.default("socket"),
    address: z.string().min(1),
    socketType: z.enum(["tcp", "udp", "unix"]).default("tcp"),
  }),
  z.strictObject({ type: z.literal("syslog"), path: vaultPathFact.default("syslog") }),
]);

/** A key of a Secret, which holds a credential. */
const secretKey = z
  .string()
  .regex(secretKeyPattern, 'must be the key of a Secret: up to 253 letters, digits, "-", "_" or "."');

/** Facts of a store of kind `vault-kv`. */
export const vaultKvFacts = z.strictObject({
  kind: z.literal("vault-kv"),
  address: url,
  clusterAddress: url.optional(),
  mount: mountFact.default("secret"),
  namespace: namespaceFact.optional(),
  caBundle: pem.optional(),
  caFile: z.string().min(1).optional(),
  createMount: z.boolean().default(false),
  auditDevices: z.array(auditDevice).default([]),
  checkAndSet: z.boolean().default(false),
  databaseCredentials,
  values,
  maxVersions: z
    .int()
    .min(2, "must be at least 2, so that the value before a rotation stays readable")
    .max(100_000)
    .default(10),
  auth: z
    .strictObject({
      namespace: authNamespaceFact.optional(),
      type: z.enum(authTypes).optional(),
      types: z.record(z.string(), z.enum(authTypes)).default({}),
      secretId: z.strictObject({ name: secretName, key: secretKey.default("secretId") }).optional(),
      mountPath: authMountFact.optional(),
      mountPaths: z.record(z.string(), authMountFact).default({}),
      methods: z.record(z.string(), authMethod).default({}),
      audience: z
        .string()
        .regex(/^[!-~]+$/, "must be printable ASCII without spaces")
        .default("vault"),
    })
    .superRefine(checkMethods)
    .superRefine(checkSecretId)
    .prefault({}),
});

export function vaultKvSpec(name: string, facts: z.output<typeof vaultKvFacts>, { retain }: StoreChoices): VaultKvSpec {
  const {
    namespace,
    caBundle,
    caFile,
    clusterAddress,
    createMount,
    auditDevices,
    checkAndSet,
    databaseCredentials: issued,
    auth,
    values: mode,
    ...rest
  } = facts;
  const {
    methods,
    namespace: loginNamespace,
    type,
    types,
    secretId,
    mountPath = type ?? "kubernetes",
    ...login
  } = auth;
  return {
    ...rest,
    name,
    clusterAddress: clusterAddress ?? facts.address,
    auth: {
      ...login,
      mountPath,
      ...(type === undefined || type === "kubernetes" ? {} : { type }),
      ...(Object.keys(types).length === 0 ? {} : { types }),
      ...(secretId === undefined ? {} : { secretId }),
      ...otherNamespace(loginNamespace, namespace),
      ...(Object.keys(methods).length === 0 ? {} : { methods: methodsOf(auth) }),
    },
    ...(namespace === undefined ? {} : { namespace }),
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(createMount ? { createMount: { retain } } : {}),
    ...(auditDevices.length === 0 ? {} : { auditDevices: auditDevices.map((each) => ({ ...deviceOf(each), retain })) }),
    ...(checkAndSet ? { checkAndSet } : {}),
    ...credentialsOf(issued),
    ...writeOnly(mode),
  };
}

/** The namespace to log in at, where it is another than that of the secrets. */
function otherNamespace(login: string | undefined, secrets = ""): Pick<VaultKvSpec["auth"], "namespace"> {
  const named = login === "root" ? "" : login;
  return named === undefined || named === secrets ? {} : { namespace: named };
}

function deviceOf(device: z.output<typeof auditDevice>): VaultAuditDevice {
  const { type, path: at } = device;
  switch (type) {
    case "file":
      return { type, path: at, options: { file_path: device.filePath } };
    case "socket":
      return { type, path: at, options: { address: device.address, socket_type: device.socketType } };
    case "syslog":
      return { type, path: at, options: {} };
  }
}
