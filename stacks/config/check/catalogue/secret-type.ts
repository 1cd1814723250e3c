import { kubernetesTypes } from "../../../../components/delivery/secret-type.ts";
import { mintingTypes } from "../../../../components/external-secrets/admission/secrets.ts";
import type { Issue } from "../../../../components/support/messages/errors.ts";
import { closest, listed } from "../../../../components/support/messages/suggestions.ts";
import { firstIllegal } from "../../../../components/support/messages/text-rules.ts";
import { own } from "../../../../components/support/own.ts";
import { secretIn } from "../secret-forms.ts";

/** Kubernetes sets no limit; this is the longest name of an object. */
const longest = 253;
const prefix = "kubernetes.io/";

/** What is wrong with the type of a Secret, whatever its keys are; `undefined` where nothing is. Pure. */
export function typeProblem(type: string): Omit<Issue, "path"> | undefined {
  const secret = secretIn(type);
  if (secret !== undefined) {
    return {
      problem: `holds ${secret}, and a type is not secret`,
      fix: "replace it at its source, and remove it here",
    };
  }
  if (mintingTypes.includes(type)) {
    return {
      problem: `a Secret of type ${type} is a credential of the cluster itself, which Kubernetes makes or takes: no application's secret may become one`,
      fix: "remove type, or name another",
    };
  }
  const illegal = firstIllegal(type, /^[!-~]$/);
  if (type === "" || illegal !== undefined || type.length > longest) {
    const fault = type === "" ? "it is empty" : (illegal ?? `it has ${type.length} characters`);
    return {
      problem: `must be up to ${longest} characters of printable ASCII without spaces; ${fault}`,
      fix: "such as kubernetes.io/tls, or remove it for Opaque",
    };
  }
  return misspelt(type);
}

/** Kubernetes takes a misspelt type for one of somebody's own: what reads the Secret then does not find it. */
function misspelt(type: string): Omit<Issue, "path"> | undefined {
  const known = Object.keys(kubernetesTypes);
  if (own(kubernetesTypes, type) !== undefined) return undefined;
  const bare = type.startsWith(prefix) ? type.slice(prefix.length) : type;
  if (bare.includes("/")) return undefined;
  const names = known.map((each) => each.replace(prefix, ""));
  const meant = names.includes(bare) ? bare : closest(bare, names);
  const whole = known.find((each) => each.replace(prefix, "") === meant);
  if (whole === undefined) return undefined;
  return {
    problem: `is nearly a type of Kubernetes; there are ${listed(known)}`,
    fix: `did you mean "${whole}"? For a type of your own choose a name that differs more`,
  };
}
