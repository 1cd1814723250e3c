import { containsUnknown, isMap, type JsonMap, type PropertyMap, revealMap } from "../../support/values.ts";
import { toProgramKeys, toServerKeys, withoutReadOnly, withSecretData } from "../manifest.ts";
import { annotateSecrets } from "./secrets.ts";

/** What the state of an object is made of. */
export interface CheckpointParts {
  readonly inputs: PropertyMap;
  readonly live: JsonMap;
  readonly manager: string;
  readonly apiVersion: string;
}

/** The state of an object: what the server has, what the program asked for, and what has to be remembered. */
export function checkpoint({ inputs, live, manager, apiVersion }: CheckpointParts): PropertyMap {
  const outputs = annotateSecrets(toProgramKeys(live) as PropertyMap, inputs);
  return {
    ...outputs,
    __inputs: annotateSecrets(revealMap(inputs), inputs),
    __initialApiVersion: apiVersion,
    __fieldManager: manager,
  };
}

/** The live object in a state, without the marks. */
export function liveOf(outputs: PropertyMap): PropertyMap {
  const live = revealMap(outputs);
  for (const key of ["__inputs", "__initialApiVersion", "__fieldManager"]) delete live[key];
  return live;
}

/** The program's last inputs, out of the state or, for one that has none, as the engine kept them. */
export function oldInputsOf(outputs: PropertyMap, fallback: PropertyMap): PropertyMap {
  const inputs = revealMap(outputs)["__inputs"];
  return isMap(inputs) ? inputs : revealMap(fallback);
}

/** One spelling for what has two: a Secret's `stringData` is its `data`, keys are the server's. */
export function normalized(object: PropertyMap): PropertyMap {
  const known = containsUnknown(object) ? object : (toServerKeys(object as never) as PropertyMap);
  return withSecretData(withoutReadOnly(known));
}
