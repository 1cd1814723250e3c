import {
  ComponentResource,
  mergeOptions,
  type ComponentResourceOptions,
  type CustomResourceOptions,
} from "@pulumi/pulumi";

/**
 * Base of every component here. It hands Pulumi no arguments: what `super` receives reaches the engine and the state
 * file (since SDK 3.202), and arguments of a secrets component must not.
 */
export abstract class Component extends ComponentResource {
  constructor(type: string, name: string, opts?: ComponentResourceOptions) {
    super(type, name, {}, opts);
  }

  /** Options of a child: the caller's, then our parent, which must win. */
  protected child(opts: CustomResourceOptions = {}): CustomResourceOptions {
    return mergeOptions(opts, { parent: this });
  }
}
