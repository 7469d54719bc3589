/** A place or a direction in the patient: x to the left, y to the back, z to the head, millimetres (PS3.3 C.7.6.2.1.1). */
export type Vector = readonly [number, number, number];

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** The place that lies `by` times `along` away from another. */
export function moved(from: Vector, along: Vector, by: number): Vector {
  return [from[0] + along[0] * by, from[1] + along[1] * by, from[2] + along[2] * by];
}

export function unit(vector: Vector): Vector {
  return moved([0, 0, 0], vector, 1 / Math.hypot(...vector));
}
