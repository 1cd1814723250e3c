import type { GeneratorSpec } from "../backends/backend.ts";
import { backendOf, type RemoteStoreSpec } from "../backends/index.ts";
import type { IdentityScope } from "../backends/identity.ts";
import type { IssuedObject } from "../backends/issued.ts";

/** A generator of the operator, by which one namespace gets the credentials that its store issues for one secret. */
export interface IssuingGenerator extends GeneratorSpec {
  readonly name: string;
}

/** Name of the generator of a secret (`<app>/<secret>`): `<app>.<secret>`, whose parts hold no dot. */
export function issuingGeneratorName(id: string): string {
  return id.replace("/", ".");
}

/** The generator of a secret that a store issues for the namespace of a scope. Pure. */
export function issuingGenerator(
  store: RemoteStoreSpec,
  scope: IdentityScope,
  { id, issued }: { readonly id: string; readonly issued: IssuedObject },
): IssuingGenerator {
  const { generator } = backendOf(store);
  if (generator === undefined) throw new Error(`a store of kind ${store.kind} issues nothing`);
  return { name: issuingGeneratorName(id), ...generator(store, scope, issued) };
}
