import { randomBytes } from "node:crypto";
import { InitializationFailed, messageOf } from "../../support/errors.ts";
import type { DiffRequest, ResourceHandler } from "../../support/provider.ts";
import {
  containsUnknown,
  isMap,
  type JsonMap,
  type PropertyMap,
  reveal,
  revealMap,
  secret,
  textOf,
} from "../../support/values.ts";
import type { Cluster } from "../cluster.ts";
import { diffObjects } from "../diff/diff.ts";
import { Helm, HelmError } from "./helm.ts";
import { idOf, parseId } from "../manifest.ts";
import {
  DEFAULT_TIMEOUT_SECONDS,
  install,
  lookUp,
  mustSupport,
  type ReleaseCall,
  releaseState,
  rendered,
  uninstall,
  upgrade,
} from "./release.ts";
import { annotateSecrets } from "../objects/secrets.ts";

/** `helm.sh/v3:Release` (pulumi/pulumi-kubernetes, provider/pkg/provider/helm_release.go), by way of the `helm` program. */
export function releaseResource(cluster: () => Cluster): ResourceHandler {
  let helm: Helm | undefined;
  const call = (inputs: PropertyMap, signal: AbortSignal): ReleaseCall => {
    helm ??= new Helm(cluster().config.kubeConfig);
    return { helm, inputs: revealMap(inputs), signal };
  };

  return {
    check: async ({ newInputs, oldInputs, name, signal }) => {
      const named = {
        ...newInputs,
        name: newInputs["name"] ?? oldInputs["name"] ?? `${name}-${randomBytes(4).toString("hex")}`,
      };
      const inputs = withDefaults(named, cluster().config.defaultNamespace);
      mustSupport(inputs);
      if (containsUnknown(inputs)) return { inputs };
      try {
        const computed = await rendered(call(inputs, signal));
        return { inputs: annotateSecrets({ ...inputs, ...computed }, newInputs) };
      } catch (error) {
        const reason = `${messageOf(error)}; check the chart name and repository configuration.`;
        return { inputs, failures: [{ property: "chart", reason }] };
      }
    },

    diff: (request) => Promise.resolve({ detailed: difference(request) }),

    create: async ({ inputs, preview, log, signal }) => {
      if (preview) return { id: "", outputs: checkpoint(inputs, inputs) };
      cluster().mustBeReachable();
      const id = releaseId(inputs);
      try {
        const release = await install(call(inputs, signal));
        return { id, outputs: checkpoint(inputs, releaseState(inputs, release)) };
      } catch (error) {
        const left = await existing(call(inputs, signal));
        if (left === undefined) throw error;
        log.warn(
          `Helm release "${textOf(inputs["name"])}" was created but has a failed status. Use the \`helm\` command to investigate ` +
            `the error, correct it, then retry. Reason: ${messageOf(error)}`,
        );
        throw failed(
          `Helm release "${id}" was created, but failed to initialize completely. Use Helm CLI to investigate.`,
          {
            id,
            error,
            outputs: checkpoint(inputs, releaseState(inputs, left)),
          },
        );
      }
    },

    read: async ({ id, oldInputs, oldOutputs, signal }) => {
      const { namespace = cluster().config.defaultNamespace, name } = parseId(id);
      const release = await existing(call({ ...oldInputs, name, namespace }, signal));
      if (release === undefined) return undefined;
      const imported = oldInputs["chart"] === undefined && oldOutputs["chart"] === undefined;
      const inputs = imported ? importedInputs(release, { name, namespace }) : oldInputs;
      return { id, inputs, outputs: checkpoint(inputs, releaseState(inputs, release)) };
    },

    update: async ({ newInputs, oldOutputs, preview, signal }) => {
      if (preview) return checkpoint(newInputs, { ...newInputs, status: oldOutputs["status"] });
      cluster().mustBeReachable();
      const id = releaseId(newInputs);
      try {
        const release = await upgrade(call(newInputs, signal));
        return checkpoint(newInputs, releaseState(newInputs, release));
      } catch (error) {
        const left = await existing(call(newInputs, signal));
        if (left === undefined) throw error;
        throw failed(`Helm release "${id}" failed to initialize completely. Use Helm CLI to investigate.`, {
          id,
          error,
          outputs: checkpoint(newInputs, releaseState(newInputs, left)),
        });
      }
    },

    delete: async ({ oldInputs, oldOutputs, signal }) => {
      cluster().mustBeReachable();
      await uninstall(call(inputsIn(oldOutputs) ?? oldInputs, signal));
    },
  };
}

function difference({ oldOutputs, oldInputs, newInputs, ignoreChanges }: DiffRequest): ReturnType<typeof diffObjects> {
  const old = revealMap(inputsIn(oldOutputs) ?? oldInputs);
  const next = revealMap(newInputs);
  // A chart with made-up parts renders differently every time: this is the official way out.
  if (ignoreChanges.includes("checksum")) next["checksum"] = old["checksum"];
  const found = diffObjects(old, next, { forceNew: ["name", "namespace"], dropsZeroes: false });
  return Object.fromEntries(Object.entries(found).map(([path, diff]) => [path, { ...diff, inputDiff: true }]));
}

function withDefaults(inputs: PropertyMap, defaultNamespace: string): PropertyMap {
  const out = { ...inputs };
  if (out["namespace"] === undefined || out["namespace"] === "") out["namespace"] = defaultNamespace;
  if (out["skipAwait"] !== true && out["timeout"] === undefined) out["timeout"] = DEFAULT_TIMEOUT_SECONDS;
  return out;
}

// The inputs in the state are secret as a whole: charts take passwords in any value.
function checkpoint(inputs: PropertyMap, state: PropertyMap): PropertyMap {
  return { ...annotateSecrets(state, inputs), __inputs: secret(revealMap(inputs)) };
}

function inputsIn(outputs: PropertyMap): PropertyMap | undefined {
  const inputs = outputs["__inputs"] === undefined ? undefined : reveal(outputs["__inputs"]);
  return isMap(inputs) ? inputs : undefined;
}

function releaseId(inputs: PropertyMap): string {
  return idOf({ name: textOf(inputs["name"]), namespace: textOf(inputs["namespace"]) });
}

async function existing(call: ReleaseCall): Promise<JsonMap | undefined> {
  try {
    return await lookUp(call);
  } catch (error) {
    if (error instanceof HelmError && error.notFound) return undefined;
    throw error;
  }
}

function importedInputs(release: JsonMap, identity: PropertyMap): PropertyMap {
  const state = releaseState({}, release);
  const status = isMap(state["status"]) ? state["status"] : {};
  const inputs: PropertyMap = {
    ...identity,
    chart: status["chart"],
    version: state["version"],
    timeout: DEFAULT_TIMEOUT_SECONDS,
  };
  return { ...inputs, values: release["config"] ?? {} };
}

function failed(
  message: string,
  { id, error, outputs }: { id: string; error: unknown; outputs: PropertyMap },
): InitializationFailed {
  const text = `${message}: failed to become available within allocated timeout. Error: Helm Release ${id}: ${messageOf(error)}`;
  return new InitializationFailed(text, { id, outputs, reasons: [text] });
}
