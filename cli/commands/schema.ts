/** `schema [scenario|target|events]`: JSON Schema on standard output. */
import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { labEvent } from '../../lab/report/events.ts';
import { scenarioJsonSchema } from '../../lab/scenarios/json-schema.ts';
import { targetJsonSchema } from '../../lab/targets/target.ts';
import type { Session } from '../session.ts';

const SCHEMAS = {
  scenario: scenarioJsonSchema,
  target: targetJsonSchema,
  events: () => z.toJSONSchema(labEvent, { io: 'input' }),
} as const;

export function addSchemaCommand(program: Command, session: Session): void {
  program
    .command('schema')
    .description('print the JSON Schema of scenario files, of target files, or of the lines of --json')
    .addArgument(new Argument('[which]', 'scenario, target or events').choices(['scenario', 'target', 'events']).default('scenario'))
    .action((which: keyof typeof SCHEMAS) => {
      session.output.line(JSON.stringify(SCHEMAS[which](), null, 2));
    });
}
