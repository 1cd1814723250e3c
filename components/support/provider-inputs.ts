import { mergeOptions, type CustomResourceOptions } from "@pulumi/pulumi";

/**
 * Options with which a provider gets these inputs and no other. Pulumi's SDKs fill what is left out from environment
 * variables (`getEnv` in each `provider.js`): a path, a zone or a switch of the machine that ran last would stand in the
 * state, and the next machine would show a change, or a provider that is replaced together with all that it made. What
 * is left out here is left to the plugin, which reads the same variables itself, credentials among them, and keeps none.
 *
 * @param args the inputs; keys that are `undefined` count as left out.
 */
export function onlyInputs(args: object, options: CustomResourceOptions): CustomResourceOptions {
  const given = new Set(Object.entries(args).flatMap(([key, value]) => (value === undefined ? [] : [key])));
  return mergeOptions(options, {
    transformations: [
      ({ props, opts }) => ({
        props: Object.fromEntries(Object.entries(props as object).filter(([key]) => given.has(key))),
        opts,
      }),
    ],
  });
}
