import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";

/** What a resource depends on, as a list: that is how this program says it everywhere. */
export function asList(dependsOn: CustomResourceOptions["dependsOn"]): readonly Resource[] {
  return Array.isArray(dependsOn) ? (dependsOn as readonly Resource[]) : [];
}
