/** TCP port of an http(s) address: the one that it names, else that of its scheme. */
export function portOf(address: string): number {
  const { port, protocol } = new URL(address);
  if (port !== "") return Number(port);
  return protocol === "http:" ? 80 : 443;
}
