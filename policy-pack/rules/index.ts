import { noClusterSecretStore, ownPrefix } from "./external-secrets.ts";
import { noSecretInConfigMap, noSecretInEnvironment } from "./literals.ts";
import { noPlainSecret } from "./plain-secrets.ts";
import type { Rule } from "./rule.ts";
import { noWildcardOnStores } from "./wildcards.ts";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
  noPlainSecret,
  noSecretInConfigMap,
  noSecretInEnvironment,
  noWildcardOnStores,
  noClusterSecretStore,
  ownPrefix,
];
