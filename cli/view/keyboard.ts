/** From what the terminal sends to what it does. */
import type { Clock } from '../../services/runtime/clock.ts';
import { answersTo } from './answer.ts';
import { takesText } from './dispatch.ts';
import { plain } from './draw/format.ts';
import type { ScreenSize } from './draw/layout.ts';
import { keyNames, type Stroke, strokesOf } from './input/key-names.ts';
import { type ReadInput, readInput } from './input/read-input.ts';
import type { ViewAction } from './state/state.ts';
import type { ViewStore } from './store.ts';

export interface KeyboardOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly store: Pick<ViewStore, 'get'>;
  /** Of the screen now. */
  readonly size: () => ScreenSize;
  readonly onAction: (action: ViewAction) => void;
}

const PASTED_MAX = 200;

export function openKeyboard({ stdin, clock, store, size, onAction }: KeyboardOptions): ReadInput {
  return readInput({
    stdin,
    clock,
    onTokens: (tokens) => {
      for (const stroke of strokesOf(tokens))
        for (const key of keysIn(stroke, takesText(store.get())))
          for (const action of answersTo(store.get(), key, size())) onAction(action);
    },
    // Whoever is leaving already, for the hang-up came as a signal, too, goes on as he was.
    onGone: () => void (store.get().phase !== 'leaving' && onAction({ type: 'leave', by: 'interrupt' })),
  });
}

/** What is pasted is text where text is asked for, and no command anywhere. */
function keysIn(stroke: Stroke, isText: boolean): readonly string[] {
  if ('keys' in stroke) return keyNames(stroke, isText);
  return isText ? [...plain(stroke.paste.split(/\r|\n/)[0] ?? '')].slice(0, PASTED_MAX) : [];
}
