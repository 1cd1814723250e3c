import { runtime } from "@pulumi/pulumi";

/**
 * Outputs of another stack, by name, in clear and within this process: whoever reads them marks them secret. The engine's
 * built-in function reads what a `StackReference` would, and can fail before anything is registered; a reference is a
 * resource, and one that can't be read ends the run without saying what it was for.
 *
 * @throws where the stack is not there or can't be read.
 */
export async function stackOutputs(stack: string): Promise<Readonly<Record<string, unknown>>> {
  const { outputs = {} } = (await runtime.invoke(
    "pulumi:pulumi:readStackOutputs",
    { name: stack },
    { async: true },
  )) as { readonly outputs?: Readonly<Record<string, unknown>> };
  return outputs;
}
