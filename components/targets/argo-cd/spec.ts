import type { ApplicationSpec } from "../web/application.ts";

/** An Argo CD. Its administrator is a local account. */
export type ArgoCdSpec = ApplicationSpec<"argo-cd">;
