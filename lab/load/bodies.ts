/** What the workload writes: a body that says which operation wrote it, so that a read tells whose version it shows. */

const BODY = /^written as operation (\d{1,15})$/;

export function bodyOf(operationId: number): string {
  return `written as operation ${operationId}`;
}

/** The operation that wrote a body; null for one that the workload did not write. */
export function writerOf(body: string): number | null {
  const found = BODY.exec(body)?.[1];
  return found === undefined ? null : Number(found);
}
