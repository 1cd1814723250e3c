import { applicationKind } from "../web/application.ts";

/** Argo CD: passwords of local accounts, by its HTTP API. */
export const argoCd = applicationKind("argo-cd", { title: "Argo CD", load: () => import("./actions.ts") });
