import { isMap, type PropertyMap, type Value } from "../support/values.ts";

/**
 * The inputs of a resource, by name: `true` for what is taken as it is, or the shape of an object. It says what a program may set,
 * and which parts of an answer are inputs.
 */
export interface Shape {
  readonly [name: string]: true | Shape;
}

/** The paths in `inputs` that the shape does not have. */
export function strangers(inputs: PropertyMap, shape: Shape, base = ""): string[] {
  return Object.entries(inputs).flatMap(([name, value]) => {
    const path = base === "" ? name : `${base}.${name}`;
    const inner = shape[name];
    if (inner === undefined) return [path];
    return inner !== true && isMap(value) ? strangers(value, inner, path) : [];
  });
}

/** The part of an answer that a program could have set. */
export function projection(outputs: PropertyMap, shape: Shape): PropertyMap {
  const entries = Object.entries(shape).flatMap(([name, inner]): [string, Value][] => {
    const value = outputs[name];
    if (value === undefined || value === null) return [];
    return [[name, inner !== true && isMap(value) ? projection(value, inner) : value]];
  });
  return Object.fromEntries(entries);
}
