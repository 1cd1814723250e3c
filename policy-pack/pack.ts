import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import { rules } from "./rules/index.ts";

/** Registers the pack: what stacks of app teams must not do with secrets (docs/policy-pack.md). */
export function registerPack(): PolicyPack {
  return new PolicyPack("multicloud-secrets", {
    enforcementLevel: "mandatory",
    policies: rules.map(({ name, description, remedy, settings, check }): ResourceValidationPolicy => ({
      name,
      description,
      remediationSteps: remedy,
      ...(settings === undefined ? {} : { configSchema: { properties: settings } }),
      validateResource: (args, report) => {
        const { type, name: resource, props } = args;
        const set = settings === undefined ? {} : args.getConfig<Record<string, unknown>>();
        for (const problem of check({ type, name: resource, props }, set)) report(`${problem}. Instead: ${remedy}`);
      },
    })),
  });
}
