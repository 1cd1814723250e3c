/** The processes that run only where clouds were asked for. */
export const cloudServerNames = ["moto", "clouds"] as const;

/** Name of one of them. */
export type CloudServerName = (typeof cloudServerNames)[number];
