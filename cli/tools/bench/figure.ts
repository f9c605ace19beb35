/** One measured figure beside what was promised. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly promised: string;
}
