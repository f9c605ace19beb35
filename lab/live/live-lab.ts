/**
 * A world to play with: under a steady load, watched twice a second, broken and mended by commands. What the terminal
 * shows is made of its events alone; what its keys do are its commands.
 */
import type { LabCommand } from './protocol.ts';

export interface LiveLab {
  /** Never throws and never waits: what comes of it is told by events. */
  do(command: LabCommand): void;
  /** Heals everything and stops what it started. Resolves with what could not be healed. Safe to call twice. */
  close(): Promise<readonly string[]>;
}
