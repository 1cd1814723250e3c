import assert from "node:assert/strict";

/** A secret among recorded inputs: what the engine would encrypt. Everything outside of one is in clear. */
export class SecretInput {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** Options of a resource, as the engine was told. Resources among them by name. */
export interface RecordedOptions {
  /** Logical names that it had before. */
  readonly aliases: readonly string[];
  readonly dependsOn: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly replaceOnChanges: readonly string[];
  /** Id of what is taken over instead of made; empty where nothing is. */
  readonly importId: string;
  readonly customTimeouts: { readonly create: string; readonly update: string; readonly delete: string } | undefined;
  /** Names of hooks by their moment, such as `onError`. */
  readonly hooks: Readonly<Record<string, readonly string[]>>;
}

/** One resource that a program registered. */
export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Name of the parent; empty for the stack and for what lies directly below it. */
  readonly parent: string;
  /** Name of the provider resource; empty for the default one. */
  readonly provider: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options: RecordedOptions;
}

/** What a program registered, in the order in which it did. */
export class Recording {
  readonly all: readonly Registered[];

  constructor(all: readonly Registered[]) {
    this.all = all;
  }

  /** The one resource of this type and name. */
  find(type: string, name: string): Registered {
    const found = this.all.filter((each) => each.type === type && each.name === name);
    const names = this.names(type).join(", ");
    assert.equal(found.length, 1, `expected one ${type} "${name}", found ${found.length}; there are: ${names}`);
    return found[0] as Registered;
  }

  /** Names of all resources of a type, sorted. */
  names(type: string): readonly string[] {
    return this.all
      .filter((each) => each.type === type)
      .map(({ name }) => name)
      .sort();
  }

  /** `<type> <name>` of every resource but the stack, sorted. */
  get contents(): readonly string[] {
    return this.all
      .filter(({ type }) => type !== "pulumi:pulumi:Stack")
      .map(({ type, name }) => `${type} ${name}`)
      .sort();
  }

  assertNone(type: string): void {
    assert.deepEqual(this.names(type), [], `expected no ${type}`);
  }
}
