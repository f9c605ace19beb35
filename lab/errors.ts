/**
 * How a run can end, as exit codes, and the errors that decide it. The worst one wins, in the order of SEVERITY.
 */
export const EXIT = {
  pass: 0,
  violated: 1,
  unknown: 2,
  threshold: 99,
  invalidInput: 104,
  interrupted: 105,
  failed: 107,
  notHealed: 111,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of a run that went through. */
export const EXIT_OF_VERDICT = { pass: EXIT.pass, fail: EXIT.violated, unknown: EXIT.unknown } as const;

const SEVERITY: readonly ExitCode[] = [
  EXIT.notHealed,
  EXIT.failed,
  EXIT.invalidInput,
  EXIT.violated,
  EXIT.threshold,
  EXIT.interrupted,
  EXIT.unknown,
  EXIT.pass,
];

export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return SEVERITY.find((code) => codes.includes(code)) ?? EXIT.pass;
}

/** Scenario, flags or configuration are wrong; nothing was started. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** The lab itself or its world failed. The message says what to do next. */
export class WorldFailed extends Error {
  override readonly name = 'WorldFailed';
}

/**
 * Faults are left in force on something that outlives the lab. The message lists them, and the command that removes
 * them.
 */
export class NotHealed extends Error {
  override readonly name = 'NotHealed';
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof NotHealed) return EXIT.notHealed;
  return error instanceof InvalidInput ? EXIT.invalidInput : EXIT.failed;
}
