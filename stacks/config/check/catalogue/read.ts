import type { Issue } from "../../../../components/support/messages/errors.ts";
import type { ApplicationDraft } from "./draft.ts";
import { anything, readFields, readList, readObject, type Part } from "./fields.ts";
import { readDelivery } from "./read-delivery.ts";
import { readSecret } from "./read-secret.ts";

/**
 * Reads a catalogue whose types nothing has checked: Pulumi strips them before an `up`. What can't be read is left out,
 * and told. Pure.
 */
export function readCatalogue(value: unknown, issues: Issue[]): readonly ApplicationDraft[] {
  const applications = readObject({ value, path: [], issues }, "an object of applications by name") ?? {};
  return Object.entries(applications).map(([app, each]) => readApplication(app, { value: each, path: [app], issues }));
}

function readApplication(app: string, part: Part): ApplicationDraft {
  const { path, issues } = part;
  const fields = readFields(part, { secrets: anything, deliveries: anything });
  if (fields === undefined) return { app, secrets: [], deliveries: [], namesKnown: false, deliveriesKnown: false };
  const secrets = readObject(
    { value: fields.secrets, path: [...path, "secrets"], issues },
    "an object of secrets by name",
  );
  const deliveries = readList(
    { value: fields.deliveries, path: [...path, "deliveries"], issues },
    "a list of Secrets to deliver, or [] for none",
  );
  const read = (deliveries ?? []).map((value, index) => {
    const before = issues.length;
    const delivery = readDelivery({ value, path: [...path, "deliveries", placeOf(value) ?? index], issues });
    return { delivery, isWhole: issues.length === before };
  });
  return {
    app,
    secrets: Object.entries(secrets ?? {}).map(([name, value]) =>
      readSecret(app, name, { value, path: [...path, "secrets", name], issues }),
    ),
    deliveries: read.flatMap(({ delivery }) => delivery ?? []),
    namesKnown: secrets !== undefined,
    deliveriesKnown: deliveries !== undefined && read.every(({ isWhole }) => isWhole),
  };
}

/** A delivery is found by what it delivers, where that can be read: lists are long. */
function placeOf(value: unknown): string | undefined {
  const { namespace, secretName } = (value ?? {}) as { readonly namespace?: unknown; readonly secretName?: unknown };
  const place = typeof namespace === "string" && typeof secretName === "string" ? `${namespace}/${secretName}` : "";
  return /^[\w.-]{1,63}\/[\w.-]{1,253}$/.test(place) ? place : undefined;
}
