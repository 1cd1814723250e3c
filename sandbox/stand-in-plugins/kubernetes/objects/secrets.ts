import { containsSecret, isMap, type PropertyMap, secret } from "../../support/values.ts";

/**
 * Marks in `outputs` what was secret in `inputs`, as deep as both are objects; of a Kubernetes Secret always `data` and
 * `stringData` (pulumi/pulumi-kubernetes, provider.go: annotateSecrets).
 */
export function annotateSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  if (outputs["kind"] === "Secret") {
    const marked = { ...outputs };
    for (const key of ["data", "stringData"]) if (marked[key] !== undefined) marked[key] = secret(marked[key]);
    return marked;
  }
  const marked = { ...outputs };
  for (const [key, input] of Object.entries(inputs)) {
    const output = marked[key];
    if (output === undefined || input === undefined) continue;
    if (isMap(output) && isMap(input)) marked[key] = annotateSecrets(output, input);
    else if (containsSecret(input)) marked[key] = secret(output);
  }
  return marked;
}
